#include "profiles/diff.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

namespace callgate::profiles {

namespace {

std::string text_diff(const std::string& a, const std::string& b) {
    return render_text(diff(profile_of(a, "a.json"), profile_of(b, "b.json")));
}

std::string rules(const std::string& list) {
    return "{\"defaultAction\": \"SCMP_ACT_ERRNO\",\n\"syscalls\": [" + list + "]}";
}

constexpr auto kOld = R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
{"names": ["read", "mkdir"], "action": "SCMP_ACT_ALLOW"},
{"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 2114060288, "op": "SCMP_CMP_MASKED_EQ"}]}]})";
constexpr auto kNew =
    R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "architectures": ["SCMP_ARCH_AARCH64"],
"flags": [], "syscalls": [
{"names": ["read", "mkdirat"], "action": "SCMP_ACT_ALLOW"},
{"names": ["clone"], "action": "SCMP_ACT_ALLOW"}]})";

}  // namespace

TEST_CASE("layout, order and words for the same thing make no difference", "[profiles]") {
    const auto [a, b] = GENERATE(table<std::string, std::string>({
        {R"({"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"})",
         R"({"action": "SCMP_ACT_ALLOW", "names": ["write"]}, {"names": ["read"], "action": "SCMP_ACT_ALLOW"})"},
        {R"({"names": ["read"], "action": "SCMP_ACT_KILL"})",
         R"({"names": ["read"], "action": "SCMP_ACT_KILL_THREAD"})"},
        {R"({"names": ["read"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1})", ""},
        {R"({"names": ["read"], "action": "SCMP_ACT_ALLOW"}, {"names": ["read"], "action": "SCMP_ACT_KILL"})",
         R"({"names": ["read"], "action": "SCMP_ACT_ALLOW"})"},
        {R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [
              {"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}, {"index": 1, "value": 2, "op": "SCMP_CMP_EQ"}]})",
         R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [
              {"index": 1, "value": 2, "op": "SCMP_CMP_EQ"}, {"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]})"},
        {R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [
              {"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}, {"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]})",
         R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]},
            {"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]})"},
    }));
    CHECK(text_diff(rules(a), rules(b)) == "no difference\n");
}

TEST_CASE("a difference says what was, what is and where", "[profiles]") {
    CHECK(text_diff(kOld, kNew) ==
          R"(~ default action defaultAction: ERRNO(EPERM) -> ERRNO(ENOSYS)  (a.json:1, b.json:1)
+ architecture SCMP_ARCH_AARCH64
- architecture SCMP_ARCH_X86_64
- flag SECCOMP_FILTER_FLAG_SPEC_ALLOW
~ syscall clone: ALLOW when arg0 & 0x7e020000 == 0 -> ALLOW  (a.json:3, b.json:4)
- syscall mkdir: ALLOW -> ERRNO(ENOSYS)  (a.json:2)
+ syscall mkdirat: ERRNO(EPERM) -> ALLOW  (b.json:3)
)");
}

TEST_CASE("of argument filters only those that differ are shown", "[profiles]") {
    CHECK(
        text_diff(
            rules(R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [
              {"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}, {"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]})"),
            rules(
                R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]})")) ==
        "~ syscall read: ALLOW when arg0 == 1 -> ERRNO(EPERM)  (a.json:2, b.json:2)\n");
}

TEST_CASE("differences are a table in Markdown and a list in JSON", "[profiles]") {
    const auto found = diff(profile_of(rules(""), "a.json"),
                            profile_of(rules(R"({"names": ["a|`b"], "action": "SCMP_ACT_ALLOW"})"), "b.json"));
    CHECK(render_markdown(found) == R"(| | what | name | before | after | where |
|---|---|---|---|---|---|
| added | syscall | `a\|'b` | `ERRNO(EPERM)` | `ALLOW` | `b.json:2` |
)");
    CHECK(render_json(found) == R"json({
  "differences": [
    {
      "kind": "added",
      "subject": "syscall",
      "name": "a|`b",
      "before": "ERRNO(EPERM)",
      "after": "ALLOW",
      "a": null,
      "b": {
        "file": "b.json",
        "line": 2,
        "column": 25
      }
    }
  ]
}
)json");
}

}  // namespace callgate::profiles
