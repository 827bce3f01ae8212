#include "reports/recurrence.h"
#include "tests/support/run_results.h"

#include <catch2/catch.hpp>

using namespace callgate;
using reports::recurrence;

TEST_CASE("the same system calls refused with the same outcome are the case reproduced", "[reports]") {
    const auto then = tests::violated_run().cases[0];
    auto now = then;
    now.refused[0].count = 999;  // how often is chance
    CHECK(recurrence(then, now) == "reproduced: violated again, with the same refusals: mkdir, prctl, setgid");
}

TEST_CASE("what differs when a case is run again is named", "[reports]") {
    const auto then = tests::violated_run().cases[0];
    auto now = then;
    now.refused.erase(now.refused.begin());
    now.refused.push_back({"x86_64", "chmod", 90, 1});
    CHECK(recurrence(then, now) == "not reproduced: refused only then: mkdir; refused only now: chmod");
    now = then;
    now.outcome = model::Outcome::timed_out;
    CHECK(recurrence(then, now) == "not reproduced: the outcome was violated and is timed-out");
    now.refused.clear();
    now.outcome = model::Outcome::passed;
    CHECK(recurrence(then, now) ==
          "not reproduced: refused only then: mkdir, prctl, setgid; the outcome was violated and is passed");
}

TEST_CASE("one system call on two architectures is two", "[reports]") {
    auto then = tests::violated_run().cases[0];
    then.refused = {{"x86_64", "mkdir", 83, 1}};
    auto now = then;
    now.refused.push_back({"i386", "mkdir", 39, 1});
    CHECK(recurrence(then, now) == "not reproduced: refused only now: mkdir");
    CHECK(recurrence(now, now) == "reproduced: violated again, with the same refusals: mkdir (i386), mkdir (x86_64)");
}

TEST_CASE("a case without refusals is reproduced by its outcome", "[reports]") {
    auto then = tests::violated_run().cases[4];
    then.refused.clear();
    CHECK(recurrence(then, then) == "reproduced: expectation-missed again, with no refusal seen either time");
}
