#include "profiles/semantics.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>

namespace callgate::profiles {

namespace {

constexpr auto kWrong = R"({
  "defaultAction": "SCMP_ACT_DENY",
  "architecture": ["SCMP_ARCH_X86_64"],
  "architectures": ["SCMP_ARCH_AMD64", "aarch64"],
  "flags": ["SECCOMP_FILTER_FLAG_LOGS"],
  "listenerMetadata": "x",
  "syscalls": [
    {"names": ["read", "wri te"], "action": "allow"},
    {"names": [], "action": "SCMP_ACT_ALLOW"},
    {"names": ["personality"], "action": "SCMP_ACT_ALLOW", "errnoRet": 1, "args": [
      {"index": 6, "value": 18446744073709551616, "op": "EQ"}
    ]},
    {"names": ["ptrace"], "action": "SCMP_ACT_ERRNO", "errnoRet": 4096}
  ]
}
)";

constexpr auto kSaid = R"(p.json:2:20: error: unknown action 'SCMP_ACT_DENY'
  2 |   "defaultAction": "SCMP_ACT_DENY",
    |                    ^~~~~~~~~~~~~~~
    = hint: did you mean 'SCMP_ACT_ERRNO'?
p.json:3:3: error: a seccomp profile does not know the key 'architecture'
  3 |   "architecture": ["SCMP_ARCH_X86_64"],
    |   ^~~~~~~~~~~~~~
    = hint: did you mean 'architectures'?
p.json:4:21: error: unknown architecture 'SCMP_ARCH_AMD64'
  4 |   "architectures": ["SCMP_ARCH_AMD64", "aarch64"],
    |                     ^~~~~~~~~~~~~~~~~
    = hint: did you mean 'SCMP_ARCH_X86_64'?
p.json:4:40: error: unknown architecture 'aarch64'
  4 |   "architectures": ["SCMP_ARCH_AMD64", "aarch64"],
    |                                        ^~~~~~~~~
    = hint: did you mean 'SCMP_ARCH_AARCH64'?
p.json:5:13: error: unknown flag 'SECCOMP_FILTER_FLAG_LOGS'
  5 |   "flags": ["SECCOMP_FILTER_FLAG_LOGS"],
    |             ^~~~~~~~~~~~~~~~~~~~~~~~~~
    = hint: did you mean 'SECCOMP_FILTER_FLAG_LOG'?
p.json:6:23: error: 'listenerMetadata' stands without 'listenerPath'
  6 |   "listenerMetadata": "x",
    |                       ^~~
    = hint: add 'listenerPath' or leave it out
p.json:8:24: error: system call name 'wri te' holds a blank
  8 |     {"names": ["read", "wri te"], "action": "allow"},
    |                        ^~~~~~~~
    = hint: write it without the blank
p.json:8:45: error: unknown action 'allow'
  8 |     {"names": ["read", "wri te"], "action": "allow"},
    |                                             ^~~~~~~
    = hint: did you mean 'SCMP_ACT_ALLOW'?
p.json:9:15: error: a rule without a system call name
  9 |     {"names": [], "action": "SCMP_ACT_ALLOW"},
    |               ^~
    = hint: leave the rule out
p.json:10:72: error: 'errnoRet' stands with SCMP_ACT_ALLOW, which takes none
  10 |     {"names": ["personality"], "action": "SCMP_ACT_ALLOW", "errnoRet": 1, "args": [
     |                                                                        ^
    = hint: leave it out; only SCMP_ACT_ERRNO and SCMP_ACT_TRACE take one
p.json:11:17: error: index '6' is not a whole number from 0 to 5
  11 |       {"index": 6, "value": 18446744073709551616, "op": "EQ"}
     |                 ^
p.json:11:29: error: value '18446744073709551616' is not a whole number from 0 to 18446744073709551615
  11 |       {"index": 6, "value": 18446744073709551616, "op": "EQ"}
     |                             ^~~~~~~~~~~~~~~~~~~~
p.json:11:57: error: unknown operator 'EQ'
  11 |       {"index": 6, "value": 18446744073709551616, "op": "EQ"}
     |                                                         ^~~~
    = hint: did you mean 'SCMP_CMP_EQ'?
p.json:13:67: error: errnoRet '4096' is not a whole number from 0 to 4094
  13 |     {"names": ["ptrace"], "action": "SCMP_ACT_ERRNO", "errnoRet": 4096}
     |                                                                   ^~~~
)";

/// The first line of what is said about a profile whose default is to refuse and which has this rule.
std::string said_of_rule(const std::string& rule) {
    const auto said = complaints(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [)" + rule + "]}");
    return said.substr(0, said.find('\n'));
}

std::string head(const std::string& said) {
    return said.substr(0, said.find('\n'));
}

}  // namespace

TEST_CASE("every mistake of a profile is reported at its place in one go", "[profiles]") {
    CHECK(complaints(kWrong) == kSaid);
}

TEST_CASE("a rule that breaks the format says what would be right", "[profiles]") {
    const auto [rule, said] = GENERATE(table<std::string, std::string>({
        {R"({"action": "SCMP_ACT_ALLOW"})", "p.json:1:50: error: a rule has no 'names'"},
        {R"({"names": ["read"]})", "p.json:1:50: error: a rule has no 'action'"},
        {R"({"names": "read", "action": "SCMP_ACT_ALLOW"})",
         "p.json:1:60: error: 'read' stands where a list of system call names is wanted"},
        {R"({"names": [5], "action": "SCMP_ACT_ALLOW"})", "p.json:1:61: error: '5' stands where a string is wanted"},
        {R"({"names": [""], "action": "SCMP_ACT_ALLOW"})", "p.json:1:61: error: an empty system call name"},
        {R"({"names": ["write"], "action": "SCMP_ACT_NOTIFY"})",
         "p.json:1:61: error: SCMP_ACT_NOTIFY cannot be used for 'write': runtimes refuse it"},
        {R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": -1, "op": "SCMP_CMP_EQ"}]})",
         "p.json:1:129: error: value '-1' is not a whole number from 0 to 18446744073709551615"},
        {R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": "1", "op": "SCMP_CMP_EQ"}]})",
         "p.json:1:129: error: value '1' is not a whole number from 0 to 18446744073709551615"},
        {R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1.5, "op": "SCMP_CMP_EQ"}]})",
         "p.json:1:129: error: value '1.5' is not a whole number from 0 to 18446744073709551615"},
        {R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "scmp_cmp_masked"}]})",
         "p.json:1:138: error: unknown operator 'scmp_cmp_masked'"},
        {R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "op": "SCMP_CMP_EQ"}]})",
         "p.json:1:107: error: an argument filter has no 'value'"},
        {R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": {}})",
         "p.json:1:106: error: a mapping stands where a list of argument filters is wanted"},
        {R"({"names": ["read"], "action": "SCMP_ACT_KILL_PROCESS", "errnoRet": 1})",
         "p.json:1:117: error: 'errnoRet' stands with SCMP_ACT_KILL_PROCESS, which takes none"},
        {R"({"names": ["read"], "names": ["write"], "action": "SCMP_ACT_ALLOW"})",
         "p.json:1:70: error: duplicate key 'names'"},
    }));
    INFO(rule);
    CHECK(said_of_rule(rule) == said);
}

TEST_CASE("more than six argument filters are refused", "[profiles]") {
    const std::string one = R"({"index": 0, "value": 1, "op": "SCMP_CMP_EQ"})";
    std::string args = one;
    for (int i = 1; i < 7; ++i) args += ", " + one;
    CHECK(said_of_rule(R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [)" + args + "]}") ==
          "p.json:1:389: error: a list of 7 argument filters, more than 6");
}

TEST_CASE("a profile that is wrong as a whole says so", "[profiles]") {
    const auto [text, said] = GENERATE(table<std::string, std::string>({
        {" \n", "p.json:1:1: error: the profile is empty"},
        {"{}", "p.json:1:1: error: this is no seccomp profile: 'defaultAction' is missing"},
        {"[]", "p.json:1:1: error: this is no seccomp profile: 'defaultAction' is missing"},
        {R"({"syscalls": []})", "p.json:1:1: error: a seccomp profile has no 'defaultAction'"},
        {R"({"defaultAction": "SCMP_ACT_NOTIFY"})",
         "p.json:1:19: error: SCMP_ACT_NOTIFY cannot be the default action: runtimes refuse it"},
        {R"({"defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 1})",
         "p.json:1:56: error: 'defaultErrnoRet' stands with SCMP_ACT_ALLOW, which takes none"},
        {R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_NATIVE"]})",
         "p.json:1:55: error: unknown architecture 'SCMP_ARCH_NATIVE'"},
        {R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_LOONGARCH64"]})",
         "p.json:1:55: error: libseccomp " + libseccomp_version() + " cannot compile for SCMP_ARCH_LOONGARCH64"},
        {"<profile/>\n", "p.json:1:1: error: this is in none of the formats in which profiles are written"},
        {"apiVersion: v1\nkind: SeccompProfile\nspec: {}\n", "p.json:1:13: error: apiVersion 'v1' is not read"},
        {R"({"defaultAction": "SCMP_ACT_ERRNO", "archMap": {}})",
         "p.json:1:48: error: a mapping stands where a list of architectures is wanted"},
        {R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "includes": {"cap": []}}]})",
         "p.json:1:111: error: 'includes' does not know the key 'cap'"},
    }));
    INFO(text);
    CHECK(head(complaints(text)) == said);
}

TEST_CASE("names that runtimes skip in silence are warned of", "[profiles]") {
    CHECK(complaints(R"({"defaultAction": "SCMP_ACT_ERRNO",
 "syscalls": [{"names": ["opennat", "lsm_list_modules", "sysmips"], "action": "SCMP_ACT_ALLOW"}]})") ==
          R"(p.json:2:26: warning: no kernel up to Linux 7.3 has a system call 'opennat': runtimes skip it silently
  2 |  "syscalls": [{"names": ["opennat", "lsm_list_modules", "sysmips"], "action": "SCMP_ACT_ALLOW"}]}
    |                          ^~~~~~~~~
    = hint: did you mean 'openat'?
p.json:2:37: warning: libseccomp 2.5.4 does not know the system call 'lsm_list_modules': a runtime that uses it leaves the call out silently
  2 |  "syscalls": [{"names": ["opennat", "lsm_list_modules", "sysmips"], "action": "SCMP_ACT_ALLOW"}]}
    |                                     ^~~~~~~~~~~~~~~~~~
    = hint: in Linux since 6.8, in libseccomp since 2.6.0
p.json:2:57: warning: none of the profile's architectures has the system call 'sysmips'
  2 |  "syscalls": [{"names": ["opennat", "lsm_list_modules", "sysmips"], "action": "SCMP_ACT_ALLOW"}]}
    |                                                         ^~~~~~~~~
    = hint: they are x86_64
)");
}

TEST_CASE("a profile is read with everything it says", "[profiles]") {
    const auto profile = profile_of(R"({
        "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
        "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X32"],
        "flags": ["SECCOMP_FILTER_FLAG_LOG"],
        "listenerPath": "/run/x.sock", "listenerMetadata": "m",
        "syscalls": [{"names": ["clone", "read"], "action": "SCMP_ACT_TRACE", "errnoRet": 5, "args": [
            {"index": 5, "value": 18446744073709551615, "valueTwo": 3, "op": "SCMP_CMP_MASKED_EQ"}]}]})",
                                    "dir/x.json");
    CHECK(profile.name == "dir/x.json");
    CHECK(profile.default_action == model::Profile::ActionName::error);
    CHECK(profile.default_errno_ret == 38);
    CHECK(profile.architectures.size() == 2);
    CHECK(profile.flags == std::vector<std::string>{"SECCOMP_FILTER_FLAG_LOG"});
    CHECK(profile.listener_path == "/run/x.sock");
    CHECK(profile.listener_metadata == "m");
    REQUIRE(profile.rules.size() == 1);
    const auto& rule = profile.rules.front();
    CHECK(rule.names.size() == 2);
    CHECK(core::to_string(rule.names[1].span) == "dir/x.json:6:42");
    CHECK(rule.errno_ret == 5);
    REQUIRE(rule.args.size() == 1);
    CHECK(rule.args[0].index == 5);
    CHECK(rule.args[0].value == 0xFFFFFFFFFFFFFFFF);
    CHECK(rule.args[0].value_two == 3);
    CHECK(rule.args[0].op == model::Profile::Operator::masked_eq);
}

TEST_CASE("null stands for what is not there, and absent flags are not empty ones", "[profiles]") {
    const auto profile = profile_of(
        R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": null, "architectures": null, "flags": null,
            "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "errnoRet": null, "args": null}]})");
    CHECK_FALSE(profile.flags.has_value());
    CHECK(profile.rules.front().args.empty());
    CHECK(profile_of(R"({"defaultAction": "SCMP_ACT_ALLOW", "flags": []})").flags->empty());
}

TEST_CASE("the profile of a whole config.json is found", "[profiles]") {
    const auto profile =
        profile_of(R"({"ociVersion": "1.2.0", "linux": {"seccomp": {"defaultAction": "SCMP_ACT_LOG"}}})");
    CHECK(profile.default_action == model::Profile::ActionName::log);
    CHECK(profile.span.begin == 45);
}

TEST_CASE("a profile with thousands of mistakes is not read to its end", "[profiles]") {
    std::string rules = R"({"names": ["read"], "action": "x"})";
    for (int i = 0; i < 5000; ++i) rules += R"(,{"names": ["read"], "action": "x"})";
    core::Diagnostics diagnostics;
    CHECK_FALSE(load(source_of(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [)" + rules + "]}"), diagnostics));
    CHECK(diagnostics.all().size() < 150);
}

TEST_CASE("published profiles load or are refused with a message", "[profiles]") {
    for (const auto& path : published_profiles()) {
        INFO(path);
        core::Diagnostics diagnostics;
        const auto profile = load(source_of(file_text(path.string())), diagnostics);
        CHECK(profile.has_value() != diagnostics.has_errors());
        CHECK((profile.has_value() || !core::render(diagnostics).empty()));
    }
}

}  // namespace callgate::profiles
