#include "profiles/diff.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace callgate::profiles {

namespace {

Filter filter_of(const std::string& text, const std::string& name) {
    auto filter = Filter::of(profile_of(text, name));
    if (!filter) FAIL(filter.error().message);
    return std::move(*filter);
}

Differences differences_of(const std::string& a, const std::string& b) {
    const auto first = filter_of(a, "a.json");
    const auto second = filter_of(b, "b.json");
    auto found = diff(first, second);
    if (!found) FAIL(found.error().message);
    return std::move(*found);
}

std::string text_diff(const std::string& a, const std::string& b) {
    return render_text(differences_of(a, b));
}

/// A profile for x86_64 alone.
std::string rules(const std::string& list, const std::string& more = R"("defaultAction": "SCMP_ACT_ERRNO")") {
    return "{" + more + R"(, "architectures": ["SCMP_ARCH_X86_64"],
"syscalls": [)" +
           list + "]}";
}

std::string allow(const std::string& names) {
    return R"({"names": [)" + names + R"(], "action": "SCMP_ACT_ALLOW"})";
}

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
        // Other words for the same values.
        {R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 2, "op": "SCMP_CMP_LT"}]})",
         R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_LE"}]})"},
    }));
    CHECK(text_diff(rules(a), rules(b)) == "no difference\n");
}

TEST_CASE("a newly permitted call says what was, what is and which lines decide", "[profiles]") {
    CHECK(text_diff(rules(allow("\"read\"")), rules(allow("\"read\", \"mkdir\",\n\"rmdir\""))) ==
          R"(a.json -> b.json: 2 newly permitted

newly permitted
+ mkdir, rmdir
        on  x86_64
       was  ERRNO(EPERM) (a.json:1, default action)
        is  ALLOW (b.json:2)
)");
}

TEST_CASE("what is dangerous comes first, with a witness and a risk", "[profiles]") {
    constexpr auto kCareful = R"({"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [
        {"index": 0, "value": 268566528, "op": "SCMP_CMP_MASKED_EQ"}]})";
    CHECK(text_diff(rules(kCareful), rules(allow("\"clone\", \"access\", \"bpf\""))) ==
          R"(a.json -> b.json: 3 newly permitted (2 dangerous)

newly permitted
! bpf
        on  x86_64
       was  ERRNO(EPERM) (a.json:1, default action)
        is  ALLOW (b.json:2)
      risk  loads programs into the kernel (CAP_BPF; some without)
! clone(flags=CLONE_NEWUSER)
      when  flags with one of CLONE_NEWNS|CLONE_NEWUSER
        on  x86_64
       was  ERRNO(EPERM) (a.json:1, default action)
        is  ALLOW (b.json:2)
      risk  makes a user namespace: every capability inside, and so kernel code
            that is meant for root alone
+ access
        on  x86_64
       was  ERRNO(EPERM) (a.json:1, default action)
        is  ALLOW (b.json:2)
)");
}

TEST_CASE("a call that is permitted whatever its arguments are says which of them are dangerous", "[profiles]") {
    const auto found = differences_of(rules(""), rules(allow("\"ioctl\"")));
    REQUIRE(found.changes.size() == 1);
    const auto& change = found.changes.front();
    CHECK(change.effect == Effect::permitted);
    CHECK(change.when.empty());
    REQUIRE(change.risks.size() == 2);
    CHECK(change.risks[0].witness == "ioctl(cmd=TIOCSTI)");
    CHECK(change.risks[1].witness == "ioctl(cmd=TIOCLINUX)");
    CHECK(change.witness.args[1] == 0x5412);
}

TEST_CASE("only changes of one effect are left when no others are asked for", "[profiles]") {
    auto found =
        differences_of(rules(allow("\"read\"")), rules(allow("\"write\""), R"("defaultAction": "SCMP_ACT_ERRNO",
"flags": [])"));
    REQUIRE(found.changes.size() == 2);
    REQUIRE(found.settings.size() == 1);
    keep_only(found, Effect::refused);
    REQUIRE(found.changes.size() == 1);
    CHECK(found.changes.front().name == "read");
    CHECK(found.settings.empty());
    keep_only(found, Effect::permitted);
    CHECK(found.empty());
}

TEST_CASE("a newly refused call is no risk", "[profiles]") {
    const auto found = differences_of(rules(allow("\"bpf\"")), rules(""));
    REQUIRE(found.changes.size() == 1);
    CHECK(found.changes.front().effect == Effect::refused);
    CHECK(found.changes.front().risks.empty());
}

TEST_CASE("another refusal is told apart from a new one", "[profiles]") {
    const auto a = rules("", R"("defaultAction": "SCMP_ACT_ERRNO")");
    const auto b = rules(R"({"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
{"names": ["read"], "action": "SCMP_ACT_KILL_PROCESS"},
{"names": ["write"], "action": "SCMP_ACT_LOG"}, {"names": ["mkdir"], "action": "SCMP_ACT_TRAP"})");
    const auto found = differences_of(a, b);
    std::vector<std::string> seen;
    for (const auto& change : found.changes) {
        seen.push_back(change.name + " " + model::describe(change.before) + " " + model::describe(change.after));
        CHECK((change.effect == Effect::permitted) == (change.name == "write"));
    }
    CHECK(seen == std::vector<std::string>{"write ERRNO(EPERM) LOG", "clone3 ERRNO(EPERM) ERRNO(ENOSYS)",
                                           "mkdir ERRNO(EPERM) TRAP", "read ERRNO(EPERM) KILL_PROCESS"});
}

TEST_CASE("another default action is one difference, numbers without a name included", "[profiles]") {
    const auto text =
        text_diff(rules(allow("\"read\"")),
                  rules(allow("\"read\""), R"("defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38)"));
    CHECK(text.find("\nanswered otherwise\n~ ") != std::string::npos);
    CHECK(text.find("more, numbers") == std::string::npos);
    CHECK(text.find("       was  ERRNO(EPERM) (a.json:1, default action)\n"
                    "        is  ERRNO(ENOSYS) (b.json:1, default action)\n") != std::string::npos);
    CHECK(std::count(text.begin(), text.end(), '~') == 1);
}

TEST_CASE("what two default actions decide about is told by an example, or by its condition when all is asked for",
          "[profiles]") {
    constexpr auto kRule = R"({"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [
        {"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]})";
    const auto found =
        differences_of(rules(kRule), rules(kRule, R"("defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38)"));
    const auto text = render_text(found);
    CHECK(std::count(text.begin(), text.end(), '~') == 1);
    CHECK(text.find("when") == std::string::npos);
    CHECK(render_text(found, true).find("~ socket(family=AF_UNSPEC)\n      when  family != AF_UNIX\n") !=
          std::string::npos);
}

TEST_CASE("a clause that goes shows the values that it was for", "[profiles]") {
    CHECK(
        text_diff(
            rules(R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [
              {"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}, {"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]})"),
            rules(
                R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]})")) ==
        R"(a.json -> b.json: 1 newly refused

newly refused
- read(fd=1)
      when  fd == 1
        on  x86_64
       was  ALLOW (a.json:2)
        is  ERRNO(EPERM) (b.json:1, default action)
)");
}

TEST_CASE("architectures that are treated alike are told once", "[profiles]") {
    const std::string archs =
        R"("defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X32",
"SCMP_ARCH_X86"])";
    const auto profile = [&](const std::string& names) {
        return "{" + archs + ", \"syscalls\": [" + allow(names) + "]}";
    };
    const auto found = differences_of(profile("\"read\""), profile("\"read\", \"mkdir\""));
    REQUIRE(found.changes.size() == 1);
    std::vector<std::string> names;
    for (const auto arch : found.changes.front().archs) names.push_back(model::arch_name(arch));
    CHECK(names == std::vector<std::string>{"i386", "x86_64", "x32"});
}

TEST_CASE("an architecture that only one profile lists is told as a whole", "[profiles]") {
    const std::string both =
        R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
"syscalls": [)" +
        allow("\"read\", \"write\"") + "]}";
    const auto text = text_diff(rules(allow("\"read\", \"write\"")), both);
    CHECK(text == R"(a.json -> b.json: 2 newly permitted, 461 answered otherwise

architectures
+ i386: b.json lists it, a.json does not
            2 calls newly permitted
)");
}

TEST_CASE("flags and the listener are settings", "[profiles]") {
    const auto a =
        R"({"defaultAction": "SCMP_ACT_ALLOW", "flags": ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_TSYNC"]})";
    const auto b = R"({"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/run/x.sock"})";
    CHECK(text_diff(a, b) == R"(a.json -> b.json: 3 settings

settings
~ SECCOMP_FILTER_FLAG_LOG: set -> nothing
~ SECCOMP_FILTER_FLAG_SPEC_ALLOW: nothing -> set
~ listenerPath: nothing -> /run/x.sock
)");
}

TEST_CASE("a filter of which nothing else is known is compared by what it does", "[profiles]") {
    const auto a = filter_of(rules(allow("\"read\"")), "a.json");
    const Filter same{"same.bpf", a.program()};
    CHECK(diff(a, same)->empty());
    const auto b = filter_of(rules(allow("\"read\", \"mkdir\"")), "b.json");
    const Filter other{"other.bpf", b.program()};
    CHECK(render_text(*diff(a, other)) == R"(a.json -> other.bpf: 1 newly permitted

newly permitted
+ mkdir
        on  x86_64
       was  ERRNO(EPERM) (a.json:1, default action)
        is  ALLOW
)");
}

TEST_CASE("differences are tables in Markdown", "[profiles]") {
    CHECK(render_markdown(differences_of(rules(""), rules(allow("\"bpf\"")))) ==
          R"(`a.json` → `b.json`: 1 newly permitted (1 dangerous).

### newly permitted

| call | when | on | was | is | risk |
|---|---|---|---|---|---|
| `bpf` |  | `x86_64` | `ERRNO(EPERM)` `a.json:1, default action` | `ALLOW` `b.json:2` | `bpf()` loads programs into the kernel (CAP_BPF; some without) |
)");
}

TEST_CASE("a name cannot leave its cell or its line", "[profiles]") {
    Differences differences;
    differences.first = "a|`b\n\x1b[31m";
    differences.second = "b.json";
    differences.settings.push_back({"listenerPath", "", "`x|"});
    const auto markdown = render_markdown(differences);
    CHECK(markdown.find("`a\\|'b\\x0a\\x1b[31m`") != std::string::npos);
    CHECK(markdown.find("`'x\\|`") != std::string::npos);
    CHECK(render_text(differences).find('\x1b') == std::string::npos);
}

TEST_CASE("JSON holds every change by itself", "[profiles]") {
    const auto json = nlohmann::json::parse(render_json(differences_of(rules(""), rules(allow("\"bpf\", \"read\"")))));
    CHECK(json["schema"] == "callgate.diff/1");
    REQUIRE(json["changes"].size() == 2);
    const auto& change = json["changes"][0];
    CHECK(change["effect"] == "permitted");
    CHECK(change["syscall"] == "bpf");
    CHECK(change["archs"] == nlohmann::json{"x86_64"});
    CHECK(change["before"] == "ERRNO(EPERM)");
    CHECK(change["after"] == "ALLOW");
    CHECK(change["witness"]["text"] == "bpf()");
    CHECK(change["witness"]["nr"] == 321);
    CHECK(change["risks"][0]["class"] == "kernel");
    CHECK(change["first"][0]["by"] == "default-action");
    CHECK(change["second"][0]["line"] == 2);
    CHECK(json["changes"][1]["syscall"] == "read");
}

}  // namespace callgate::profiles
