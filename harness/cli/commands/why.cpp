#include "harness/cli/command.h"
#include "harness/cli/lock_files.h"
#include "harness/cli/options.h"
#include "harness/cli/record_text.h"
#include "harness/core/files.h"
#include "harness/core/printable.h"
#include "harness/core/sha256.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <ostream>
#include <set>

namespace callgate::cli {

namespace {

/// Where the profile is not the one that was recorded, the evidence is of another one.
void tell_if_changed(const std::string& profile, const profiles::Lock& lock, const Invocation& invocation) {
    const auto text = core::read_file(profile);
    if (!text || core::sha256(*text) == lock.profile_sha256) return;
    invocation.err << core::printable(fmt::format("callgate: {} was changed since it was recorded at {}", profile,
                                                  lock.recorded_at))
                   << "\n";
}

int run(const Invocation& invocation) {
    std::string profile;
    std::string syscall;
    CLI::App app{"Say why a recorded profile permits a system call.", "callgate why"};
    app.add_option("profile", profile, "a profile that `callgate record` wrote, with its lock beside it")->required();
    app.add_option("syscall", syscall, "the call; without it, all of them");
    app.footer("exit codes: 0 there is evidence, 1 there is none, 2 unusable input");
    if (const auto code = parse(app, invocation)) return *code;

    core::Diagnostics diagnostics;
    const auto lock = load_lock(lock_path(profile), diagnostics);
    invocation.err << core::render(diagnostics);
    if (!lock) return kUnusable;
    tell_if_changed(profile, *lock, invocation);
    std::set<std::string> names;
    for (const auto& call : lock->evidence.calls) names.insert(call.syscall);
    for (const auto& reason : lock->reasons) names.insert(reason.syscall);
    if (!syscall.empty()) {
        const auto words = describe_call(*lock, syscall);
        invocation.out << (words.empty() ? core::printable(fmt::format("{}: nobody saw it", syscall)) + "\n" : words);
        return words.empty() ? kFindings : kOk;
    }
    invocation.out << describe_recording(*lock);
    for (const auto& name : names) invocation.out << describe_call(*lock, name);
    return kOk;
}

}  // namespace

extern const Command why_command;
const Command why_command{"why", "say why a recorded profile permits a call", run};

}  // namespace callgate::cli
