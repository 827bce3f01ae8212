#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace callgate::tests {

/// A row of tests/kernel/programs.tests, which says what the fields mean.
struct ProgramRow {
    std::string where;  ///< "programs.tests:12"
    std::uint64_t least = 0;
    std::uint64_t most = 0;
    std::string call;  ///< a name, or a number of any kind
    std::vector<std::string> command;
    std::map<std::string, std::string> exceptions;  ///< "not notify" -> why

    [[nodiscard]] bool has(const std::string& exception) const { return exceptions.count(exception) != 0; }
};

/// Throws std::runtime_error naming the line that cannot be read.
std::vector<ProgramRow> program_table();

/// The number that a row calls, of any kind; none where `call` is a name.
std::optional<std::int32_t> number_of(const std::string& call);

/// With blanks between them.
std::string joined(const std::vector<std::string>& words);

/// Makes a test case of each row that the recorder is to count as the trap does, named after it.
void register_recorder_cases();

/// Makes a test case of each row and trap backend, named after both. Catch2 knows them as it knows a TEST_CASE.
void register_program_cases();

}  // namespace callgate::tests
