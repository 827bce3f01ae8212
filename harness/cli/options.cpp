#include "harness/cli/options.h"

#include "harness/core/printable.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <ostream>

namespace callgate::cli {

std::optional<int> parse(CLI::App& app, const Invocation& invocation) {
    if (invocation.describe) {
        invocation.describe(app);
        return kOk;
    }
    try {
        // CLI11 takes them from the back.
        app.parse(std::vector<std::string>{invocation.arguments.rbegin(), invocation.arguments.rend()});
        return std::nullopt;
    } catch (const CLI::CallForHelp&) {
        invocation.out << app.help();
        return kOk;
    } catch (const CLI::ParseError& error) {
        return complain(invocation, fmt::format("{}; see `{} --help`", error.what(), app.get_name()));
    }
}

int complain(const Invocation& invocation, const std::string& what, int code) {
    invocation.err << "callgate: " << core::printable(what) << "\n";
    return code;
}

bool wants_colour(const Invocation& invocation, bool is_terminal) {
    const auto value = [&](const char* name) {
        const auto found = invocation.environment.find(name);
        return found == invocation.environment.end() ? std::string{} : found->second;
    };
    return is_terminal && value("NO_COLOR").empty() && value("TERM") != "dumb";
}

}  // namespace callgate::cli
