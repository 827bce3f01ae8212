#include "harness/engine/repeats.h"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

namespace callgate::engine {

namespace {

using Lines = std::vector<std::string>;
using model::Outcome;

model::CaseResult passed() {
    model::CaseResult result;
    result.duration = core::Milliseconds{10};
    return result;
}

model::CaseResult violated(std::uint64_t count) {
    auto result = passed();
    result.outcome = Outcome::violated;
    result.reasons = {"the profile would refuse gettid (" + std::to_string(count) + " calls)"};
    model::Violation violation;
    violation.syscall = "gettid";
    violation.nr = 186;
    violation.arch = "x86_64";
    violation.count = count;
    violation.stack = {{"/bin/server", "", 0x10, "", 0}};
    result.violations = {violation};
    result.refused = {{"x86_64", "gettid", 186, count}};
    return result;
}

}  // namespace

TEST_CASE("a case that is run once stays as it is", "[engine]") {
    const auto merged = merge_repeats({violated(3)});
    CHECK(merged.runs == 1);
    CHECK(merged.passed_runs == 0);
    CHECK(merged.refused.front().count == 3);
}

TEST_CASE("a refusal that some of the runs see is a finding, with how many of them", "[engine]") {
    auto merged = merge_repeats({passed(), violated(2), passed(), violated(5)});
    CHECK(merged.outcome == Outcome::violated);
    CHECK(merged.runs == 4);
    CHECK(merged.passed_runs == 2);
    CHECK(merged.reasons == Lines{"in 2 of 4 runs: the profile would refuse gettid (2 calls)"});
    REQUIRE(merged.violations.size() == 1);
    CHECK(merged.violations.front().count == 7);
    CHECK(merged.violations.front().runs == 2);
    REQUIRE(merged.refused.size() == 1);
    CHECK(merged.refused.front().count == 7);
    CHECK(merged.refused.front().runs == 2);
    CHECK(merged.duration == core::Milliseconds{40});
}

TEST_CASE("call sites of one call count apart over the runs", "[engine]") {
    auto other = violated(1);
    other.violations.front().stack.front().offset = 0x20;
    const auto merged = merge_repeats({violated(1), std::move(other)});
    REQUIRE(merged.violations.size() == 2);
    CHECK(merged.violations.front().runs == 1);
    CHECK(merged.refused.front().runs == 2);
    CHECK(merged.reasons == Lines{"the profile would refuse gettid (1 calls)"});
}

}  // namespace callgate::engine
