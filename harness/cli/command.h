#pragma once

#include "harness/core/cancel.h"

#include <functional>
#include <iosfwd>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}

namespace callgate::cli {

/// Exit codes of SPEC; those of a run come from model::exit_code.
constexpr int kOk = 0;
constexpr int kFindings = 1;
constexpr int kUnusable = 2;
constexpr int kNoVerdict = 3;
constexpr int kNothingSelected = 4;
constexpr int kBug = 70;

/// One call of callgate: what it may look at and where it writes. Borrowed.
struct Invocation {
    std::vector<std::string> words;      ///< all of the command line, callgate's own name first
    std::vector<std::string> arguments;  ///< what stands behind the command's name
    std::map<std::string, std::string> environment;
    std::ostream& out;  ///< results
    std::ostream& err;  ///< progress and diagnostics
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    core::Cancel& cancel;  ///< requested by SIGINT, SIGTERM or SIGHUP once watch_signals() was called
    /// When set, parse() hands it the command's options in place of reading arguments, and the command ends.
    std::function<void(const CLI::App&)> describe{};
};

/// A command: one file in commands/, one line in commands.inc.
struct Command {
    std::string_view name;
    std::string_view summary;
    /// Does everything, from its options to its exit code.
    int (*run)(const Invocation& invocation);
};

/// All commands, in the order of --help.
std::span<const Command* const> commands();

/// Runs the command that `invocation.words` names, or --help or --version; an exception that escapes is exit code 70.
int dispatch(const Invocation& invocation);

/// callgate's version, "0.1.0".
std::string_view version();

/// From now on the signals that end a program request `cancel` instead; the second one ends it at once.
/// Make the runner first: workloads inherit the dispositions of that moment.
void watch_signals(core::Cancel& cancel);

}  // namespace callgate::cli
