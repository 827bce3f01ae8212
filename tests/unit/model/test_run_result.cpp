#include "harness/model/profile.h"
#include "harness/model/run_result.h"

#include <catch2/catch.hpp>

#include <csignal>

namespace callgate::model {

namespace {

int code_of(const std::vector<Outcome>& outcomes, int interrupted_by = 0) {
    RunResult run;
    run.interrupted_by = interrupted_by;
    for (const auto outcome : outcomes) run.cases.emplace_back().outcome = outcome;
    return exit_code(run);
}

}  // namespace

TEST_CASE("each outcome has a name and a meaning for the exit code", "[model]") {
    const auto [outcome, name, code, finding, no_verdict] = GENERATE(table<Outcome, std::string, int, bool, bool>({
        {Outcome::passed, "passed", 0, false, false},
        {Outcome::violated, "violated", 1, true, false},
        {Outcome::expectation_missed, "expectation-missed", 1, true, false},
        {Outcome::workload_failed, "workload-failed", 1, true, false},
        {Outcome::timed_out, "timed-out", 1, true, false},
        {Outcome::setup_failed, "setup-failed", 3, false, true},
        {Outcome::incomplete, "incomplete", 3, false, true},
        {Outcome::harness_fault, "harness-fault", 70, false, false},
        {Outcome::skipped, "skipped", 3, false, false},
    }));
    CHECK(outcome_name(outcome) == name);
    CHECK(outcome_from_name(name) == outcome);
    CHECK(code_of({outcome}) == code);
    CHECK(code_of({Outcome::passed, outcome, Outcome::passed}) == code);
    CHECK(is_finding(outcome) == finding);
    CHECK(is_no_verdict(outcome) == no_verdict);
}

TEST_CASE("what is no outcome's name is none", "[model]") {
    CHECK_FALSE(outcome_from_name("").has_value());
    CHECK_FALSE(outcome_from_name("expectation_missed").has_value());
}

TEST_CASE("of several things the exit code tells the most important", "[model]") {
    using enum Outcome;
    CHECK(code_of({}) == 4);
    CHECK(code_of({}, SIGINT) == 130);
    CHECK(code_of({violated, harness_fault}, SIGINT) == 70);
    CHECK(code_of({violated, skipped}, SIGTERM) == 143);
    CHECK(code_of({passed}, SIGHUP) == 129);
    CHECK(code_of({incomplete, timed_out, skipped}) == 1);
    CHECK(code_of({passed, incomplete, skipped}) == 3);
    CHECK(code_of({passed, skipped}) == 3);
    CHECK(code_of({passed, passed}) == 0);
}

TEST_CASE("the end of a process is told in words", "[model]") {
    using Kind = ProcessEnd::Kind;
    const auto [end, words] = GENERATE(table<ProcessEnd, std::string>({
        {{Kind::exited, 0}, "exited with 0"},
        {{Kind::exited, 255}, "exited with 255"},
        {{Kind::signaled, SIGSEGV}, "killed by SIGSEGV"},
        {{Kind::signaled, SIGSYS}, "killed by SIGSYS"},
        {{Kind::signaled, 40}, "killed by signal 40"},
        {{Kind::running, 0}, "still running"},
        {ProcessEnd{}, "still running"},
    }));
    CHECK(describe(end) == words);
}

TEST_CASE("the runtime-spec's words for actions and operators", "[model]") {
    using Name = Profile::ActionName;
    using Operator = Profile::Operator;
    CHECK(oci_name(Name::kill) == "SCMP_ACT_KILL");
    CHECK(oci_name(Name::kill_process) == "SCMP_ACT_KILL_PROCESS");
    CHECK(oci_name(Name::kill_thread) == "SCMP_ACT_KILL_THREAD");
    CHECK(oci_name(Name::trap) == "SCMP_ACT_TRAP");
    CHECK(oci_name(Name::error) == "SCMP_ACT_ERRNO");
    CHECK(oci_name(Name::trace) == "SCMP_ACT_TRACE");
    CHECK(oci_name(Name::allow) == "SCMP_ACT_ALLOW");
    CHECK(oci_name(Name::log) == "SCMP_ACT_LOG");
    CHECK(oci_name(Name::notify) == "SCMP_ACT_NOTIFY");
    CHECK(oci_name(Operator::ne) == "SCMP_CMP_NE");
    CHECK(oci_name(Operator::lt) == "SCMP_CMP_LT");
    CHECK(oci_name(Operator::le) == "SCMP_CMP_LE");
    CHECK(oci_name(Operator::eq) == "SCMP_CMP_EQ");
    CHECK(oci_name(Operator::ge) == "SCMP_CMP_GE");
    CHECK(oci_name(Operator::gt) == "SCMP_CMP_GT");
    CHECK(oci_name(Operator::masked_eq) == "SCMP_CMP_MASKED_EQ");
}

}  // namespace callgate::model
