#include "harness/cli/command.h"
#include "harness/cli/options.h"
#include "harness/core/closest.h"
#include "harness/core/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <new>
#include <ostream>
#include <system_error>

namespace callgate::cli {

#define CALLGATE_COMMAND(name) extern const Command name##_command;
#include "harness/cli/commands.inc"
#undef CALLGATE_COMMAND

std::span<const Command* const> commands() {
    static constexpr std::array kCommands{
#define CALLGATE_COMMAND(name) &name##_command,
#include "harness/cli/commands.inc"
#undef CALLGATE_COMMAND
    };
    return kCommands;
}

std::string_view version() {
    return CALLGATE_VERSION;
}

namespace {

void help(std::ostream& out) {
    out << "callgate tests seccomp profiles: it runs a real workload under a candidate profile, drives it\n"
           "through scenarios, and says which system calls the profile refuses, when, and how to repair it.\n\n"
           "usage: callgate COMMAND [OPTIONS]\n\n";
    for (const auto* command : commands()) out << fmt::format("  {:<12}{}\n", command->name, command->summary);
    out << "\n"
           "first steps:\n"
           "  callgate doctor                                  can this host do it?\n"
           "  callgate run --profile p.json -- ./server        what would p.json refuse?\n"
           "  callgate init -- ./server && callgate test callgate.yaml\n"
           "\n"
           "`callgate COMMAND --help` says more. Exit codes: 0 passed, 1 findings, 2 unusable input (nothing was\n"
           "launched), 3 no verdict, 4 nothing selected, 70 a bug in callgate, 130 and 143 interrupted.\n";
}

int unknown(const std::string& name, std::ostream& err) {
    std::vector<std::string> names;
    for (const auto* command : commands()) names.emplace_back(command->name);
    err << fmt::format("callgate: no command '{}'; {}\n", core::printable(name), core::suggestion(name, names));
    return kUnusable;
}

}  // namespace

int dispatch(const Invocation& invocation) {
    if (invocation.words.size() < 2) {
        help(invocation.err);
        return kUnusable;
    }
    const auto& name = invocation.words[1];
    if (name == "--help" || name == "-h" || name == "help") {
        help(invocation.out);
        return kOk;
    }
    if (name == "--version" || name == "-V") {
        invocation.out << "callgate " << version() << "\n";
        return kOk;
    }
    const auto all = commands();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Command* c) { return c->name == name; });
    if (found == all.end()) return unknown(name, invocation.err);
    try {
        return (*found)->run(invocation);
    } catch (const std::system_error& error) {
        return complain(invocation, fmt::format("this host lacks something: {}", error.what()), kNoVerdict);
    } catch (const std::bad_alloc&) {
        return complain(invocation, "this host has no memory left", kNoVerdict);
    } catch (const std::exception& error) {
        invocation.err << "callgate: this is a bug in callgate, please report it: " << error.what() << "\n";
        return kBug;
    }
}

}  // namespace callgate::cli
