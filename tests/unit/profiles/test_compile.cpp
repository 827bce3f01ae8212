#include "harness/bpf/evaluate.h"
#include "harness/model/action.h"
#include "profiles/compile.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <linux/seccomp.h>

#include <algorithm>

namespace callgate::profiles {

namespace {

std::string answer(const std::string& profile, const model::Call& call) {
    const auto compiled = compile(profile_of(profile));
    REQUIRE(compiled.has_value());
    return model::describe(model::Action::from_return(bpf::evaluate(compiled->program, call)));
}

std::string refusal(const std::string& profile) {
    const auto compiled = compile(profile_of(profile));
    REQUIRE_FALSE(compiled.has_value());
    return compiled.error().message;
}

std::string with_rules(const std::string& rules) {
    return "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [\n" + rules + "\n]}";
}

}  // namespace

TEST_CASE("filter flags are those that a runtime would give", "[profiles]") {
    const auto [flags, expected] = GENERATE(table<std::string, std::uint32_t>({
        {"", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
        {R"(, "flags": [])", 0},
        {R"(, "flags": ["SECCOMP_FILTER_FLAG_TSYNC"])", 0},
        {R"(, "flags": ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"])",
         SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW},
        {R"(, "flags": ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"])", 0},
    }));
    INFO(flags);
    const auto compiled = compile(profile_of(R"({"defaultAction": "SCMP_ACT_ALLOW")" + flags + "}"));
    REQUIRE(compiled.has_value());
    CHECK(compiled->filter_flags == expected);
}

TEST_CASE("a rule that says the default action is left out, after its errno was looked up", "[profiles]") {
    CHECK(answer(with_rules(R"({"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1})"),
                 call_of("x86_64", "mkdir")) == "ERRNO(EPERM)");
}

TEST_CASE("the native architecture is always in", "[profiles]") {
    const auto profile =
        R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_AARCH64", "SCMP_ARCH_X86"]})";
    CHECK(answer(profile, call_of(model::arch_name(model::native_arch()), "read")) == "ALLOW");
}

TEST_CASE("contradicting argument filters are an error that names both places", "[profiles]") {
    CHECK(
        refusal(with_rules(
            R"({"names": ["read", "socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]},
{"names": ["socket"], "action": "SCMP_ACT_KILL", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]})")) ==
        "p.json:3: the rule for 'socket' (SCMP_ACT_KILL) contradicts an earlier one with the same argument filter at "
        "p.json:2 (SCMP_ACT_ALLOW): runtimes refuse to start with it");
}

TEST_CASE("rules that libseccomp follows in a ring are refused", "[profiles]") {
    // seccomp_rule_add(3) of 2.5.4 hangs with these two in this order, and not in the other one.
    const std::string one = R"({"names": ["kcmp"], "action": "SCMP_ACT_ALLOW", "args": [
{"index": 0, "value": 5, "op": "SCMP_CMP_LT"}, {"index": 2, "value": 1, "op": "SCMP_CMP_EQ"}]})";
    const std::string other = R"({"names": ["kcmp"], "action": "SCMP_ACT_ALLOW", "args": [
{"index": 0, "value": 5, "op": "SCMP_CMP_LT"}, {"index": 3, "value": 1, "op": "SCMP_CMP_EQ"}]})";
    CHECK_THAT(refusal(with_rules(one + ",\n" + other)),
               Catch::StartsWith("p.json:4: libseccomp ") &&
                   Catch::Contains(" does not come to an end with the rule for 'kcmp' where arg0 < 5 and arg3 == 1 "
                                   "after the one at p.json:2 where arg0 < 5 and arg2 == 1: runtimes hang with it"));
    CHECK(compile(profile_of(with_rules(other + ",\n" + one))).has_value());
}

TEST_CASE("architectures of both byte orders are an error", "[profiles]") {
    CHECK(refusal(R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_S390X"]})") ==
          "p.json: s390x has the other byte order than " + model::arch_name(model::native_arch()) +
              ": libseccomp builds no filter for both");
}

TEST_CASE("a filter that is too long for the kernel is an error with its length", "[profiles]") {
    std::string rules;
    for (std::uint64_t i = 1; i <= 450; ++i) {
        rules += (i > 1 ? ",\n" : "") + fmt::format(R"({{"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [
{{"index": 1, "value": {0}, "valueTwo": {0}, "op": "SCMP_CMP_MASKED_EQ"}},
{{"index": 2, "value": {0}, "op": "SCMP_CMP_EQ"}}]}})",
                                                    i << 32U | i);
    }
    CHECK_THAT(refusal(with_rules(rules)), Catch::StartsWith("p.json: the profile compiles to ") &&
                                               Catch::EndsWith(" instructions, the kernel takes at most 4096: it needs "
                                                               "fewer argument filters or fewer architectures"));
}

TEST_CASE("a profile that would take libseccomp minutes is refused", "[profiles]") {
    const auto [count, rule, said] = GENERATE(table<int, std::string, std::string>({
        {10'001, "", "10000 rules"},
        {1'001, R"(, "args": [{"index": 1, "value": 1, "op": "SCMP_CMP_EQ"}])", "1000 argument comparisons"},
        {101, R"(, "args": [{"index": 1, "value": 1, "op": "SCMP_CMP_LE"}])", "100 comparisons by order for 'ioctl'"},
    }));
    std::string names;
    std::string rules;
    for (int left = count; left > 0; left -= 1000) {
        names.clear();
        for (int i = 0; i < std::min(left, 1000); ++i) names += i > 0 ? ", \"ioctl\"" : "\"ioctl\"";
        rules += (rules.empty() ? "" : ",\n") + std::string{"{\"names\": ["} + names +
                 "], \"action\": \"SCMP_ACT_ALLOW\"" + rule + "}";
    }
    CHECK_THAT(refusal(with_rules(rules)),
               Catch::Contains(": from here on the profile has more than " + said +
                               ", each counted once per name and architecture (1): libseccomp would take too long to "
                               "compile it"));
}

}  // namespace callgate::profiles
