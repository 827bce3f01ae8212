#include "harness/model/call.h"
#include "profiles/coverage.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace callgate::profiles {

namespace {

model::RecordedCall recorded(const std::string& name, std::vector<model::RecordedValues> values, std::uint64_t count) {
    model::RecordedCall call;
    call.audit_arch = model::audit_arch(model::native_arch());
    call.nr = *model::syscall_number(model::native_arch(), name);
    call.count = count;
    call.values = std::move(values);
    return call;
}

const model::PermissionUse& use_of(const CoverageCounter& counter, const std::string& name,
                                   const std::string& condition = "") {
    const auto& all = counter.permissions();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const auto& one) { return one.syscall == name && one.condition == condition; });
    REQUIRE(found != all.end());
    return *found;
}

constexpr const char* kRules = R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
{"names": ["read", "no_such_call"], "action": "SCMP_ACT_ALLOW"},
{"names": ["mount"], "action": "SCMP_ACT_KILL"},
{"names": ["unshare"], "action": "SCMP_ACT_ERRNO"},
{"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]},
{"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]},
{"names": ["kcmp"], "action": "SCMP_ACT_LOG", "args": [{"index": 2, "value": 5, "op": "SCMP_CMP_EQ"}]}]})";

}  // namespace

TEST_CASE("what a profile permits is what a filter of it lets happen", "[profiles][coverage]") {
    const auto profile = profile_of(kRules);
    const CoverageCounter counter{profile};
    std::vector<std::string> names;
    for (const auto& one : counter.permissions()) names.push_back(one.syscall);
    CHECK(names == std::vector<std::string>{"read", "socket", "socket", "kcmp"});
    CHECK(counter.permissions().front().rule.line == 2);
}

TEST_CASE("calls count for the rule that permits them, in the case that made them", "[profiles][coverage]") {
    const auto profile = profile_of(kRules);
    CoverageCounter counter{profile};
    counter.add("startup", recorded("read", {}, 3));
    counter.add("load", recorded("read", {}, 4));
    counter.add("load", recorded("read", {}, 1));
    counter.add("load", recorded("socket", {{{1, 1, 0}, 2}, {{3, 1, 0}, 5}}, 7));
    counter.add("load", recorded("mount", {}, 9));
    CHECK(use_of(counter, "read").by_case == std::map<std::string, std::uint64_t>{{"startup", 3}, {"load", 5}});
    CHECK(use_of(counter, "socket", "arg0 == 1").by_case == std::map<std::string, std::uint64_t>{{"load", 2}});
    CHECK_FALSE(use_of(counter, "socket", "arg0 == 2").used());
    CHECK(use_of(counter, "socket", "arg0 == 2").unsure == 0);
}

TEST_CASE("calls whose arguments were not seen use no permission for certain", "[profiles][coverage]") {
    const auto profile = profile_of(kRules);
    CoverageCounter counter{profile};
    counter.add("load", recorded("kcmp", {}, 6));
    // Two of three had arguments that there was no room for.
    counter.add("load", recorded("socket", {{{2, 1, 0}, 1}}, 3));
    CHECK_FALSE(use_of(counter, "kcmp", "arg2 == 5").used());
    CHECK(use_of(counter, "kcmp", "arg2 == 5").unsure == 6);
    CHECK(use_of(counter, "socket", "arg0 == 2").by_case == std::map<std::string, std::uint64_t>{{"load", 1}});
    CHECK(use_of(counter, "socket", "arg0 == 1").unsure == 2);
}

TEST_CASE("coverage is rounded down, so that 100 % means all", "[model][coverage]") {
    model::Coverage coverage;
    CHECK(coverage.percent() == 100);
    for (int i = 0; i < 1000; ++i) coverage.permissions.push_back({"read", "", {}, {{"load", 1}}, 0});
    coverage.permissions.back().by_case.clear();
    CHECK(coverage.used() == 999);
    CHECK(coverage.percent() == 99);
}

}  // namespace callgate::profiles
