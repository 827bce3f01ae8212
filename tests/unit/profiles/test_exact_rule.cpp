#include "harness/bpf/evaluate.h"
#include "harness/model/action.h"
#include "profiles/compile.h"
#include "profiles/exact_rule.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace callgate::profiles {

namespace {

constexpr std::uint8_t kFirst = 1;
constexpr std::uint8_t kSecond = 2;

/// A profile that refuses, with these rules and architectures besides the native one.
std::string profile_with(const std::string& rules, const std::string& archs = "\"SCMP_ARCH_X86_64\"") {
    return fmt::format(R"({{"defaultAction": "SCMP_ACT_ERRNO", "architectures": [{}], "syscalls": [{}]}})", archs,
                       rules);
}

std::string rule_in(const std::string& text, const model::Call& call, std::uint8_t filterable) {
    return exact_rule(profile_of(text), call, filterable);
}

}  // namespace

TEST_CASE("the exact rule asks for each argument that is worth a filter, in one line", "[profiles]") {
    CHECK(rule_in(profile_with(""), call_of("x86_64", "mkdir", {0x7ffd0000, 0700}), kSecond) ==
          R"({"names": ["mkdir"], "action": "SCMP_ACT_ALLOW", )"
          R"("args": [{"index": 1, "value": 448, "op": "SCMP_CMP_EQ"}]})");
    CHECK(rule_in(profile_with(""), call_of("x86_64", "prctl", {4, 1, 0xdead}), kFirst | kSecond) ==
          R"({"names": ["prctl"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 4, "op": "SCMP_CMP_EQ"}, )"
          R"({"index": 1, "value": 1, "op": "SCMP_CMP_EQ"}]})");
}

TEST_CASE("the profile with the exact rule permits the call and none with another flag", "[profiles]") {
    const auto before = profile_with(R"({"names": ["read"], "action": "SCMP_ACT_ALLOW"},
        {"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]})");
    const auto call = call_of("x86_64", "socket", {16, 3, 9});
    const auto rule = rule_in(before, call, kFirst | kSecond);
    REQUIRE_FALSE(rule.empty());
    const auto after = compile(profile_of(before.substr(0, before.size() - 2) + ", " + rule + "]}"));
    REQUIRE(after);
    const auto refused = [&](const std::array<std::uint64_t, 6>& args) {
        return model::refuses(
            model::Action::from_return(bpf::evaluate(after->program, call_of("x86_64", "socket", args))));
    };
    CHECK_FALSE(refused({16, 3, 9}));
    CHECK_FALSE(refused({16, 3, 0}));  // the protocol was not to be filtered
    CHECK(refused({16, 2, 9}));
    CHECK(refused({17, 3, 9}));
    CHECK(refused({std::uint64_t{1} << 32U | 16U, 3, 9}));
    CHECK_FALSE(refused({1, 3, 9}));  // as before
}

TEST_CASE("a neighbour that another rule permits already is no objection", "[profiles]") {
    const auto text = profile_with(
        R"({"names": ["mkdir"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "value": 449, "op": "SCMP_CMP_EQ"}]})");
    CHECK_FALSE(rule_in(text, call_of("x86_64", "mkdir", {0, 448}), kSecond).empty());
}

TEST_CASE("a 32-bit call is asked for the 32 bits that its filter sees", "[profiles]") {
    const auto text = profile_with("", R"("SCMP_ARCH_X86_64", "SCMP_ARCH_X86")");
    CHECK(rule_in(text, call_of("i386", "mkdir", {0, 0xdead'0000'01c0}), kSecond) ==
          R"({"names": ["mkdir"], "action": "SCMP_ACT_ALLOW", )"
          R"("args": [{"index": 1, "value": 448, "op": "SCMP_CMP_EQ"}]})");
}

TEST_CASE("where no rule on its own permits exactly the call there is none", "[profiles]") {
    const auto mkdir = call_of("x86_64", "mkdir", {0, 0700});
    SECTION("no argument is worth a filter") {
        CHECK(rule_in(profile_with(""), mkdir, 0).empty());
    }
    SECTION("an unconditional rule refuses the name: it wins") {
        CHECK(rule_in(profile_with(R"({"names": ["mkdir"], "action": "SCMP_ACT_KILL"})"), mkdir, kSecond).empty());
    }
    SECTION("a rule with the same filter says otherwise: runtimes refuse to start") {
        CHECK(rule_in(profile_with(R"({"names": ["mkdir"], "action": "SCMP_ACT_KILL",
                                       "args": [{"index": 1, "value": 448, "op": "SCMP_CMP_EQ"}]})"),
                      mkdir, kSecond)
                  .empty());
    }
    SECTION("the default action permits: what refuses is another rule") {
        CHECK(rule_in(R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir"],
                          "action": "SCMP_ACT_ERRNO", "args": [{"index": 1, "value": 448, "op": "SCMP_CMP_EQ"}]}]})",
                      mkdir, kSecond)
                  .empty());
    }
    SECTION("the profile does not have the architecture") {
        CHECK(rule_in(profile_with(""), call_of("i386", "mkdir", {0, 0700}), kSecond).empty());
    }
    SECTION("the call has no name") {
        CHECK(rule_in(profile_with(""), {4999, model::native_arch().token, 0, {}}, kFirst).empty());
    }
}

}  // namespace callgate::profiles
