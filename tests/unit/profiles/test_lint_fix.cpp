// What `lint --fix` changes, and what it leaves.
#include "profiles/lint_fix.h"
#include "tests/unit/profiles/lint_text.h"

#include <catch2/catch.hpp>

namespace callgate::profiles {

namespace {

std::string fixed(const std::string& text) {
    const Linted linted{text};
    const auto done = fix(linted.subject(), linted.findings());
    INFO((done ? std::string{} : done.error().message));
    REQUIRE(done.has_value());
    return done->steps.empty() ? text : done->text;
}

constexpr auto kMany = R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "architectures": [ "SCMP_ARCH_X86_64" ],
  "syscalls": [
    {"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"},
    {"names": ["read", "setns", "write"], "action": "SCMP_ACT_ALLOW"},
    {"names": ["close", "read", "setns"],   "action": "SCMP_ACT_ALLOW"},
    {"names": ["setns"], "action": "SCMP_ACT_ERRNO", "errnoRet": 2}
  ]
}
)";

}  // namespace

TEST_CASE("safe repairs take out what decides nothing and keep the rest of the text", "[profiles][lint]") {
    CHECK(fixed(kMany) == R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "architectures": [ "SCMP_ARCH_X86_64" ],
  "syscalls": [
    {"names": ["read", "setns", "write"], "action": "SCMP_ACT_ALLOW"},
    {"names": ["close"],   "action": "SCMP_ACT_ALLOW"}
  ]
}
)");
}

TEST_CASE("a repaired profile has nothing left to repair", "[profiles][lint]") {
    const auto once = fixed(kMany);
    CHECK(fixed(once) == once);
}

TEST_CASE("the name of another tool for an architecture is corrected in a text that is not read yet",
          "[profiles][lint]") {
    CHECK(
        fixed(
            R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["amd64", "SCMP_ARCH_ARM64"], "syscalls": []})") ==
        R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"], "syscalls": []})");
}

TEST_CASE("what needs a decision is left as it is", "[profiles][lint]") {
    const std::string text = R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
  {"names": ["mkdir", "opn"], "action": "SCMP_ACT_ERRNO"},
  {"names": ["socket"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 38, "op": "SCMP_CMP_EQ"}]}]})";
    CHECK(fixed(text) == text);
}

}  // namespace callgate::profiles
