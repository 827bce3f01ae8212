// What a repair changes.
#include "profiles/repair.h"
#include "profiles/semantics.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

namespace callgate::profiles {

namespace {

model::Proposal repaired(const std::string& text, const std::vector<model::Call>& calls) {
    return repair(profile_of(text), calls);
}

constexpr auto kSorted = R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "syscalls": [
    {
      "names": [
        "close",
        "mmap",
        "write"
      ],
      "action": "SCMP_ACT_ALLOW"
    }
  ]
}
)";

}  // namespace

TEST_CASE("a name leaves the refusing rule that would win", "[profiles]") {
    const auto proposal = repaired(R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "syscalls": [
    {"names": ["clone3", "openat2"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
    {"names": ["clone", "read"], "action": "SCMP_ACT_ALLOW"}
  ]
}
)",
                                   calls_named({"clone3"}));
    CHECK(proposal.complete);
    CHECK(proposal.diff == R"(--- p.json
+++ p.json
@@ -1,7 +1,7 @@
 {
   "defaultAction": "SCMP_ACT_ERRNO",
   "syscalls": [
-    {"names": ["clone3", "openat2"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
-    {"names": ["clone", "read"], "action": "SCMP_ACT_ALLOW"}
+    {"names": ["openat2"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
+    {"names": ["clone", "clone3", "read"], "action": "SCMP_ACT_ALLOW"}
   ]
 }
)");
}

TEST_CASE("a refusing rule that loses its last name goes, one behind the winner stays", "[profiles]") {
    const auto proposal = repaired(R"({
    "defaultAction": "SCMP_ACT_ERRNO",
    "syscalls": [
        {
            "names": ["clone3"],
            "action": "SCMP_ACT_ERRNO",
            "errnoRet": 38
        },
        {
            "names": ["read"],
            "action": "SCMP_ACT_ALLOW"
        },
        {
            "names": ["clone3"],
            "action": "SCMP_ACT_KILL"
        }
    ]
})",
                                   calls_named({"clone3"}));
    CHECK(proposal.complete);
    CHECK(proposal.text == R"({
    "defaultAction": "SCMP_ACT_ERRNO",
    "syscalls": [
        {
            "names": ["clone3", "read"],
            "action": "SCMP_ACT_ALLOW"
        },
        {
            "names": ["clone3"],
            "action": "SCMP_ACT_KILL"
        }
    ]
})");
}

TEST_CASE("a denylist just loses the name", "[profiles]") {
    const auto proposal = repaired(R"({
  "defaultAction": "SCMP_ACT_ALLOW",
  "syscalls": [
    {"names": ["mount"], "action": "SCMP_ACT_ERRNO"},
    {"names": ["setns"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 1, "value": 1, "op": "SCMP_CMP_EQ"}]},
    {"names": ["setns"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 1, "value": 2, "op": "SCMP_CMP_EQ"}]},
    {"names": ["ptrace", "mount"], "action": "SCMP_ACT_ERRNO"}
  ]
}
)",
                                   {call_of("x86_64", "mount"), call_of("x86_64", "setns", {0, 2})});
    CHECK(proposal.complete);
    CHECK(proposal.added == std::vector<std::string>{"mount", "setns"});
    CHECK(proposal.notes == std::vector<std::string>{"setns: the argument filter at line 6 no longer refuses it"});
    CHECK(proposal.text == R"({
  "defaultAction": "SCMP_ACT_ALLOW",
  "syscalls": [
    {"names": ["setns"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 1, "value": 1, "op": "SCMP_CMP_EQ"}]},
    {"names": ["ptrace"], "action": "SCMP_ACT_ERRNO"}
  ]
}
)");
    CHECK(repaired(
              R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mount"], "action": "SCMP_ACT_KILL"}]})",
              calls_named({"mount"}))
              .text == R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []})");
}

TEST_CASE("an argument filter that a repair overrides is named", "[profiles]") {
    const auto proposal = repaired(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
{"names": ["read"], "action": "SCMP_ACT_ALLOW"},
{"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [
    {"index": 0, "value": 2114060288, "op": "SCMP_CMP_MASKED_EQ"}]}]})",
                                   {call_of("x86_64", "clone", {0x10000000})});
    CHECK(proposal.complete);
    CHECK(proposal.notes ==
          std::vector<std::string>{"clone: an unconditional rule overrides the argument filter at line 4"});
}

TEST_CASE("an architecture that the profile does not have is added", "[profiles]") {
    const auto [before, after] = GENERATE(table<std::string, std::string>({
        {R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "architectures": [
    "SCMP_ARCH_X86_64"
  ],
  "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]
})",
         R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "architectures": [
    "SCMP_ARCH_X86_64",
    "SCMP_ARCH_X86"
  ],
  "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]
})"},
        {R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]
})",
         R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
  "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]
})"},
    }));
    const auto proposal = repaired(before, {call_of("i386", "read")});
    CHECK(proposal.complete);
    CHECK(proposal.text == after);
    CHECK(proposal.notes ==
          std::vector<std::string>{"SCMP_ARCH_X86 is added to the architectures: all that the profile "
                                   "permits is then permitted to i386 code too"});
}

TEST_CASE("a number without a name cannot be repaired, the rest is", "[profiles]") {
    auto calls = calls_named({"mkdir"});
    calls.push_back({999, model::native_arch().token, 0, {}});
    const auto proposal = repaired(kSorted, calls);
    CHECK_FALSE(proposal.complete);
    CHECK(proposal.added == std::vector<std::string>{"mkdir"});
    CHECK(proposal.notes == std::vector<std::string>{"syscall 999 on x86_64 has no name in libseccomp " +
                                                     libseccomp_version() + ": no profile can permit it"});
}

TEST_CASE("a call too new for libseccomp is named, with what would know it", "[profiles]") {
    auto calls = calls_named({"mkdir"});
    calls.push_back({472, model::native_arch().token, 0, {}});
    const auto proposal = repaired(kSorted, calls);
    CHECK_FALSE(proposal.complete);
    CHECK(proposal.added == std::vector<std::string>{"mkdir"});
    CHECK(proposal.notes ==
          std::vector<std::string>{
              "fchroot is unknown to libseccomp " + libseccomp_version() +
              " (in Linux since 7.3, in no libseccomp up to 2.6.1): with it no profile can permit it"});
}

}  // namespace callgate::profiles
