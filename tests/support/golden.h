#pragma once

#include <string>
#include <string_view>

namespace callgate::tests {

/// Compares a whole text with tests/golden/<name>; the failure shows where they part. With CALLGATE_UPDATE_GOLDEN=1 in
/// the environment it writes the file instead: the change is then reviewed with all others.
void check_golden(const std::string& name, std::string_view actual);

struct CommandResult {
    int exit_code = 0;   ///< 127 when there is no such program
    std::string output;  ///< standard output and standard error
};

/// Runs a line of shell; for the validators that tests ask for a second opinion.
CommandResult run_shell(const std::string& line);

}  // namespace callgate::tests
