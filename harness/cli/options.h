#pragma once

#include "harness/cli/command.h"

#include <optional>
#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}

namespace callgate::cli {

/// Reads the arguments. None: go on. Otherwise the exit code: --help was printed, or what is wrong with them was.
std::optional<int> parse(CLI::App& app, const Invocation& invocation);

/// Prints `callgate: what` to stderr and gives `code`.
int complain(const Invocation& invocation, const std::string& what, int code = kUnusable);

/// True when colours belong on the stream: it is a terminal, TERM is not dumb, and NO_COLOR is not set (no-color.org).
bool wants_colour(const Invocation& invocation, bool is_terminal);

}  // namespace callgate::cli
