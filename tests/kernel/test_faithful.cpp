// What the trap must leave as it is, beyond counts: on every trap backend.
#include "under_profile.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>

using callgate::model::Mode;
using callgate::model::outcome_name;
using callgate::model::ProcessEnd;
using callgate::runners::trap_backends;
using callgate::tests::denying;
using callgate::tests::Ran;
using callgate::tests::run_under;
using callgate::tests::Watch;

namespace {

const std::string kPermitting = R"({"defaultAction": "SCMP_ACT_ALLOW"})";
constexpr int kUnusual = 95;  // an errno that no call here gives by itself

Ran run_natively(const std::vector<std::string>& command) {
    return run_under(kPermitting, Mode::baseline, command);
}

bool skipped(const Ran& native) {
    if (native.result.end != ProcessEnd{ProcessEnd::Kind::exited, 77}) return false;
    WARN("skipped: " << native.output);
    return true;
}

bool says(const std::vector<std::string>& texts, const std::string& word) {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const auto& text) { return text.find(word) != std::string::npos; });
}

const callgate::runners::TrapBackend* backend_named(std::string_view name) {
    for (const auto* const backend : trap_backends()) {
        if (backend->name == name) return backend;
    }
    return nullptr;
}

}  // namespace

TEST_CASE("log mode refuses with the profile's errno what harms the host, unless it is let through", "[kernel]") {
    for (const auto* const backend : trap_backends()) {
        for (const auto& call : callgate::engine::never_let_through()) {
            INFO(call << " under " << backend->name);
            const std::vector<std::string> command{"harm", call};
            const auto native = run_natively(command);
            if (skipped(native)) continue;
            REQUIRE(native.result.end == ProcessEnd{ProcessEnd::Kind::exited, 0});
            const auto profile = denying(call, "SCMP_ACT_ERRNO", kUnusual);

            const auto refused = run_under(profile, Mode::log, command, Watch{.backend = *backend});
            CHECK(refused.output == fmt::format("result -1 errno {}\n", kUnusual));
            CHECK(refused.refused_in_all() == 1);
            REQUIRE(refused.result.violations.size() == 1);
            CHECK(refused.result.violations[0].syscall == call);
            CHECK(refused.result.violations[0].happened);

            const auto let_through =
                run_under(profile, Mode::log, command, Watch{.backend = *backend, .never_let_through = {}});
            CHECK(let_through.output == native.output);
            CHECK(let_through.refused(call) == 1);
            REQUIRE(let_through.result.violations.size() == 1);
            CHECK_FALSE(let_through.result.violations[0].happened);
        }
    }
}

TEST_CASE("a SIGSYS handler in errno mode is told what it is told without callgate", "[kernel]") {
    const auto profile = denying("getppid", "SCMP_ACT_TRAP");
    const std::vector<std::string> command{"sigsys", "3"};
    const auto enforced = run_under(profile, Mode::enforce, command);
    REQUIRE(std::count(enforced.output.begin(), enforced.output.end(), '\n') == 3);
    for (const auto* const backend : trap_backends()) {
        if (!backend->sees_native_refusals) continue;
        INFO(backend->name);
        const auto ran = run_under(profile, Mode::error, command, Watch{.backend = *backend});
        CHECK(ran.output == enforced.output);
        CHECK(ran.result.end == enforced.result.end);
        CHECK(ran.refused("getppid") == 3);
        CHECK(ran.refused_in_all() == 3);
        CHECK(outcome_name(ran.result.outcome) == "violated");
    }
}

TEST_CASE("native deaths in errno mode are those of enforce mode, each with the call that caused it", "[kernel]") {
    struct Death {
        std::string action;
        std::vector<std::string> command;
        std::uint64_t refused;
    };
    const std::vector<Death> deaths{
        {"SCMP_ACT_KILL_THREAD", {"threads", "8", "3"}, 8},    // each thread dies alone
        {"SCMP_ACT_KILL_PROCESS", {"threads", "1", "3"}, 1},   // a thread's call, the process's death
        {"SCMP_ACT_KILL_PROCESS", {"forks", "20", "3"}, 20},   // each child dies alone
        {"SCMP_ACT_KILL_THREAD", {"forks", "20", "3"}, 20},    // the only thread of each
        {"SCMP_ACT_TRAP", {"forks", "20", "3"}, 20},           // SIGSYS without a handler
        {"SCMP_ACT_KILL_PROCESS", {"execs", "spawn", "5"}, 1}  // the parent gives up after the first
    };
    for (const auto* const backend : trap_backends()) {
        if (!backend->sees_native_refusals) continue;
        for (const auto& death : deaths) {
            INFO(death.action << ' ' << death.command[0] << " under " << backend->name);
            const auto profile = denying("getppid", death.action);
            const auto enforced = run_under(profile, Mode::enforce, death.command);
            const auto ran = run_under(profile, Mode::error, death.command, Watch{.backend = *backend});
            CHECK(ran.result.end == enforced.result.end);
            CHECK(ran.output == enforced.output);
            CHECK(ran.refused("getppid") == death.refused);
            CHECK(ran.refused_in_all() == death.refused);
        }
    }
}

TEST_CASE("log mode lets every kind of refusal through", "[kernel]") {
    const auto action = GENERATE("SCMP_ACT_ERRNO", "SCMP_ACT_TRAP", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD");
    for (const auto* const backend : trap_backends()) {
        INFO(action << " under " << backend->name);
        const auto ran =
            run_under(denying("getppid", action), Mode::log, {"threads", "8", "3"}, Watch{.backend = *backend});
        CHECK(ran.refused("getppid") == 24);
        CHECK(ran.result.end == ProcessEnd{ProcessEnd::Kind::exited, 0});
    }
}

TEST_CASE("a refused restart of a permitted call fails as it does without callgate, and is one refusal", "[kernel]") {
    const auto profile = denying("restart_syscall", "SCMP_ACT_ERRNO", kUnusual);
    const std::string call = GENERATE("nanosleep", "poll");
    const std::vector<std::string> command{"paused", call};
    const auto enforced = run_under(profile, Mode::enforce, command);
    REQUIRE(enforced.output == fmt::format("result -1 errno {}\n", kUnusual));
    for (const auto* const backend : trap_backends()) {
        INFO(call << " under " << backend->name);
        const auto ran = run_under(profile, Mode::error, command, Watch{.backend = *backend});
        CHECK(ran.output == enforced.output);
        CHECK(ran.result.end == enforced.result.end);
        CHECK(ran.refused("restart_syscall") == 1);
        CHECK(ran.refused_in_all() == 1);
    }
}

TEST_CASE("the restart of a refused call is that call, also where the profile refuses restarts", "[kernel]") {
    const std::string call = GENERATE("nanosleep", "poll");
    const auto profile = fmt::format(R"({{"defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [{{"names": ["{}", "restart_syscall"], "action": "SCMP_ACT_ERRNO"}}]}})",
                                     call);
    const std::vector<std::string> command{"paused", call};
    const auto* const backend = backend_named("ptrace");
    REQUIRE(backend != nullptr);
    const auto ran = run_under(profile, Mode::log, command, Watch{.backend = *backend});
    CHECK(ran.output == run_natively(command).output);
    CHECK(ran.refused(call) == 1);
    CHECK(ran.refused_in_all() == 1);
}

// What cannot be seen is told.

TEST_CASE("a workload that wants to trace its own child makes the run incomplete, with the remedy", "[kernel]") {
    const auto* const backend = backend_named("ptrace");
    REQUIRE(backend != nullptr);
    const auto ran = run_under(kPermitting, Mode::log, {"traces", "2"}, Watch{.backend = *backend});
    CHECK(outcome_name(ran.result.outcome) == "incomplete");
    CHECK(says(ran.result.reasons, "notify"));
}

TEST_CASE("a workload's io_uring is reported as a blind spot even when the profile permits it", "[kernel]") {
    const std::vector<std::string> command{"ring"};
    if (skipped(run_natively(command))) return;
    for (const auto* const backend : trap_backends()) {
        INFO(backend->name);
        const auto ran = run_under(denying("getppid"), Mode::log, command, Watch{.backend = *backend});
        CHECK(ran.refused("getppid") == 1);
        CHECK((says(ran.result.reasons, "io_uring") || says(ran.result.notes, "io_uring")));
    }
}

TEST_CASE("a workload's own filter is reported also where log mode lets its refused loading through", "[kernel]") {
    for (const auto* const backend : trap_backends()) {
        INFO(backend->name);
        const auto ran =
            run_under(denying("seccomp"), Mode::log, {"own_filter", "errno", "3"}, Watch{.backend = *backend});
        CHECK(ran.refused("seccomp") == 1);
        CHECK(says(ran.result.notes, "filter of its own"));
    }
}

TEST_CASE("a workload's own filter that answers before callgate's is reported", "[kernel]") {
    for (const auto* const backend : trap_backends()) {
        INFO(backend->name);
        const auto ran =
            run_under(denying("getppid"), Mode::log, {"own_filter", "errno", "3"}, Watch{.backend = *backend});
        CHECK(ran.refused("getppid") == 3);
        CHECK((says(ran.result.reasons, "filter") || says(ran.result.notes, "filter")));
    }
}
