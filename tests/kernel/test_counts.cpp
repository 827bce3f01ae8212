#include "under_profile.h"

#include <catch2/catch.hpp>

using callgate::model::Mode;
using callgate::model::Outcome;
using callgate::model::ProcessEnd;
using callgate::tests::denying;
using callgate::tests::run_under;

namespace {

const ProcessEnd kExitZero{ProcessEnd::Kind::exited, 0};

}  // namespace

TEST_CASE("log mode lets the refused call happen", "[kernel]") {
    const auto ran = run_under(denying("getppid"), Mode::log, {"calls", "10"});
    CHECK(ran.output == "good 10 bad 0 errno 0\n");
    CHECK_FALSE(ran.result.violations.at(0).happened);
}

TEST_CASE("errno mode refuses with the profile's errno", "[kernel]") {
    const std::string profile = R"({"defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [{"names": ["getppid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95}]})";
    const auto ran = run_under(profile, Mode::error, {"calls", "10"});
    CHECK(ran.output == "good 0 bad 10 errno 95\n");
    CHECK(ran.result.violations.at(0).happened);
    CHECK(ran.result.violations.at(0).error == 95);
}

TEST_CASE("enforce mode refuses in the kernel and sees nothing", "[kernel]") {
    const auto ran = run_under(denying("getppid"), Mode::enforce, {"calls", "10"});
    CHECK(ran.output == "good 0 bad 10 errno 1\n");
    CHECK(ran.refused_in_all() == 0);
}

TEST_CASE("TRACE and NOTIFY without their tracer or listener are ENOSYS in errno mode as in the kernel", "[kernel]") {
    const auto action = GENERATE("SCMP_ACT_TRACE", "SCMP_ACT_NOTIFY");
    INFO(action);
    CHECK(run_under(denying("getppid", action), Mode::enforce, {"calls", "4"}).output == "good 0 bad 4 errno 38\n");
    const auto ran = run_under(denying("getppid", action), Mode::error, {"calls", "4"});
    CHECK(ran.output == "good 0 bad 4 errno 38\n");
    CHECK(ran.refused("getppid") == 4);
}

TEST_CASE("TRAP and KILL happen natively in errno mode and are counted with their call", "[kernel]") {
    const auto action = GENERATE("SCMP_ACT_TRAP", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL");
    INFO(action);
    const auto ran = run_under(denying("getppid", action), Mode::error, {"calls", "4"});
    CHECK(ran.refused("getppid") == 1);
    CHECK(ran.result.end->kind == ProcessEnd::Kind::signaled);
    CHECK(ran.result.end->value == 31);
}

TEST_CASE("log mode lets a call happen that the profile would kill for", "[kernel]") {
    const auto ran = run_under(denying("getppid", "SCMP_ACT_KILL_PROCESS"), Mode::log, {"calls", "4"});
    CHECK(ran.output == "good 4 bad 0 errno 0\n");
    CHECK(ran.refused("getppid") == 4);
}

TEST_CASE("a refused execve of the command itself is a refusal, and in errno mode a start failure", "[kernel]") {
    const auto logged = run_under(denying("execve"), Mode::log, {"calls", "1"});
    CHECK(logged.refused("execve") == 1);
    CHECK(logged.result.end == kExitZero);
    const auto refused = run_under(denying("execve"), Mode::error, {"calls", "1"});
    CHECK(refused.refused("execve") == 1);
    CHECK(refused.result.end == ProcessEnd{ProcessEnd::Kind::exited, 127});
}

TEST_CASE("a profile that permits nothing still ends, with the execve refused and nothing of callgate counted",
          "[kernel]") {
    const std::string nothing = R"({"defaultAction": "SCMP_ACT_ERRNO"})";
    const auto watched = run_under(nothing, Mode::error, {"calls", "1"});
    CHECK(watched.refused("execve") == 1);
    CHECK(watched.refused_in_all() == 1);
    CHECK(watched.result.end == ProcessEnd{ProcessEnd::Kind::exited, 127});
    // In the kernel's hands not even exit is left: the process ends by an illegal instruction.
    CHECK(describe(*run_under(nothing, Mode::enforce, {"calls", "1"}).result.end) == "killed by SIGILL");
}

TEST_CASE("callers of one libc function are told apart, and each is counted", "[kernel]") {
    const auto mode = GENERATE(Mode::log, Mode::error);
    const auto ran = run_under(denying("getppid"), mode, {"callers", "50"});
    REQUIRE(ran.result.violations.size() == 3);
    for (const auto& violation : ran.result.violations) {
        CHECK(violation.count == 50);
        REQUIRE(violation.stack.size() > 1);
    }
    CHECK(ran.result.violations[0].stack[1].symbol == "first_caller");
    CHECK(ran.result.violations[1].stack[1].symbol == "second_caller");
    CHECK(ran.result.violations[2].stack[1].symbol == "second_caller");
}

TEST_CASE("a refusal names the task, the program, the decoded call and where in the module it stands", "[kernel]") {
    const auto ran = run_under(denying("getppid"), Mode::log, {"calls", "3"});
    const auto& violation = ran.result.violations.at(0);
    CHECK(violation.comm == "calls");
    CHECK(violation.exe == CALLGATE_PROGRAMS "/calls");
    CHECK(violation.pid == violation.tid);
    CHECK(violation.decoded == "getppid()");
    REQUIRE(violation.stack.size() > 1);
    CHECK(violation.stack[0].module.find("libc.so") != std::string::npos);
    CHECK(violation.stack[1].symbol == "main");
}
