#include "harness/bpf/evaluate.h"
#include "profiles/attribute.h"
#include "profiles/compile.h"
#include "profiles/semantics.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

namespace callgate::profiles {

namespace {

constexpr auto kProfile = R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "architectures": ["SCMP_ARCH_X86_64"],
  "syscalls": [
    {"names": ["read", "clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1},
    {"names": ["openat",
               "clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
    {"names": ["read", "clone3"], "action": "SCMP_ACT_ALLOW"},
    {"names": ["socket"], "action": "SCMP_ACT_KILL_PROCESS", "args": [{"index": 0, "value": 38, "op": "SCMP_CMP_EQ"}]},
    {"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]}
  ]
}
)";

std::string place_for(const model::Call& call) {
    const auto profile = profile_of(kProfile);
    const auto compiled = compile(profile);
    REQUIRE(compiled.has_value());
    const auto place = rule_of(profile, call, model::Action::from_return(bpf::evaluate(compiled->program, call)));
    return place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

}  // namespace

TEST_CASE("a refusal is traced to the name in the rule that decided", "[profiles]") {
    CHECK(place_for(call_of("x86_64", "clone3")) == "p.json:7:16");
    CHECK(place_for(call_of("x86_64", "openat")) == "p.json:6:16");
    CHECK(place_for(call_of("x86_64", "read")) == "p.json:8:16");
    CHECK(place_for(call_of("x86_64", "socket", {38})) == "p.json:9:16");
    CHECK(place_for(call_of("x86_64", "socket", {1})) == "p.json:10:16");
}

TEST_CASE("what no rule decides is traced to the default action", "[profiles]") {
    CHECK(place_for(call_of("x86_64", "mkdir")) == "p.json:2:20");
    CHECK(place_for(call_of("x86_64", "socket", {2})) == "p.json:2:20");
    CHECK(place_for(call_of("i386", "read")) == "p.json:2:20");
}

TEST_CASE("the fix says what to change where", "[profiles]") {
    const auto profile = profile_of(kProfile);
    CHECK(fix_of(profile, call_of("x86_64", "mkdir")) == R"(add "mkdir" to the names of the rule at p.json:8)");
    CHECK(fix_of(profile, call_of("x86_64", "clone3")) ==
          R"(remove "clone3" from the rule at p.json:6 (SCMP_ACT_ERRNO))");
    CHECK(
        fix_of(profile, call_of("x86_64", "openat")) ==
        R"(remove "openat" from the rule at p.json:6 (SCMP_ACT_ERRNO) and add "openat" to the names of the rule at p.json:8)");
    CHECK(fix_of(profile, call_of("i386", "mkdir")) ==
          R"(add "SCMP_ARCH_X86" to the architectures of p.json and add "mkdir" to the names of the rule at p.json:8)");
    CHECK(fix_of(profile, {999, model::native_arch().token, 0, {}}) ==
          "syscall 999 on x86_64 has no name in libseccomp " + libseccomp_version() + ": no profile can permit it");
    const auto closed = profile_of(R"({"defaultAction": "SCMP_ACT_KILL"})");
    CHECK(fix_of(closed, call_of("x86_64", "mkdir")) ==
          R"(add a rule that permits "mkdir" (SCMP_ACT_ALLOW) to p.json)");
}

}  // namespace callgate::profiles
