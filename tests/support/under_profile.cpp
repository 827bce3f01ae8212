#include "under_profile.h"

#include "harness/core/diagnostics.h"
#include "harness/core/files.h"
#include "harness/engine/case_draft.h"
#include "profiles/compile.h"
#include "profiles/load.h"
#include "runners/runner_kind.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <optional>

namespace callgate::tests {

namespace {

/// False when it does not end: after 60 s it must have been refused something in the last 20. Busy hosts are slow, and
/// slow is not hung; but nothing gets more than 180 s.
bool wait_gone(ports::Instance& instance) {
    constexpr std::chrono::seconds kUntilFirstLook{40};
    constexpr std::chrono::seconds kBetweenLooks{20};
    constexpr int kMostLooks = 8;
    auto deadline = std::chrono::steady_clock::now() + kUntilFirstLook;
    std::optional<std::uint64_t> refused;
    for (int look = 0; look < kMostLooks; ++look) {
        if (instance.wait_gone(deadline)) return true;
        if (refused == instance.refused()) return false;
        refused = instance.refused();
        deadline += kBetweenLooks;
    }
    return false;
}

std::shared_ptr<const engine::Candidate> candidate_of(const bpf::Program& filter) {
    return std::make_shared<engine::Candidate>(engine::Candidate{"filter", filter, 0, {}});
}

std::shared_ptr<const engine::Candidate> candidate_of(const std::string& json) {
    core::Diagnostics diagnostics;
    const auto profile =
        profiles::load(std::make_shared<core::SourceText>(core::SourceText{"test.json", json}), diagnostics);
    INFO(core::render(diagnostics));
    REQUIRE(profile);
    auto compiled = profiles::compile(*profile);
    REQUIRE(compiled);
    return std::make_shared<engine::Candidate>(
        engine::Candidate{"test.json", compiled->program, compiled->filter_flags, {}});
}

Ran run_candidate(const std::shared_ptr<const engine::Candidate>& candidate, model::Mode mode,
                  std::vector<std::string> command, const Watch& watch) {
    if (command.front().find('/') == std::string::npos) command.front() = CALLGATE_PROGRAMS "/" + command.front();
    auto directory = core::TempDir::make("callgate-test");
    REQUIRE(directory);
    const auto output = directory->path() / "output";
    const core::UniqueFd file{::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};

    ports::LaunchRequest request;
    request.executable = command.front();
    request.argv = command;
    request.env = {"PATH=/usr/bin:/bin"};
    request.standard_output = file.get();
    request.standard_error = file.get();
    if (mode != model::Mode::baseline) {
        request.confinement =
            ports::Confinement{mode, candidate->program, candidate->filter_flags, watch.never_let_through};
    }

    const auto runner = runners::runner_kinds().front()->make(watch.backend, nullptr);
    const auto launched = std::chrono::steady_clock::now();
    auto instance = runner->launch(request);
    INFO((instance ? "" : instance.error().message));
    REQUIRE(instance);
    const bool gone = wait_gone(**instance);
    (*instance)->kill_all();

    engine::RunPlan plan;
    engine::CaseDraft draft;
    draft.scenario = "run";
    draft.end = (*instance)->leader_end();
    if (!gone) draft.add(model::Outcome::timed_out, "the program did not end");
    const auto failure = (*instance)->start_failure();
    if (!failure.empty()) draft.add(model::Outcome::workload_failed, failure);
    const engine::Suite suite{candidate, mode, {}};
    const std::vector<engine::Phase> phases{{0, ""}};
    Ran ran;
    ran.result = engine::judge({plan, suite, launched, phases}, 0, draft, engine::Sightings::of(**instance));
    ran.output = core::read_tail(output, 65536);
    return ran;
}

}  // namespace

std::uint64_t Ran::refused(const std::string& syscall) const {
    std::uint64_t count = 0;
    for (const auto& total : result.refused) count += total.syscall == syscall ? total.count : 0;
    return count;
}

std::uint64_t Ran::refused_in_all() const {
    std::uint64_t count = 0;
    for (const auto& total : result.refused) count += total.count;
    return count;
}

Ran run_under(const std::string& profile_json, model::Mode mode, std::vector<std::string> command, const Watch& watch) {
    return run_candidate(candidate_of(profile_json), mode, std::move(command), watch);
}

Ran run_under(const bpf::Program& filter, model::Mode mode, std::vector<std::string> command, const Watch& watch) {
    return run_candidate(candidate_of(filter), mode, std::move(command), watch);
}

std::string denying(const std::string& name, const std::string& action, int error) {
    const bool x86 = model::arch_name(model::native_arch()) == "x86_64";
    const auto error_field = action == "SCMP_ACT_ERRNO" ? fmt::format(R"(, "errnoRet": {})", error) : "";
    return fmt::format(
        R"({{"defaultAction": "SCMP_ACT_ALLOW"{}, "syscalls": [{{"names": ["{}"], "action": "{}"{}}}]}})",
        x86 ? R"(, "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"])" : "", name, action,
        error_field);
}

}  // namespace callgate::tests
