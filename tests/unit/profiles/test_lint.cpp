// What lint finds: for each rule a profile that has it, and one that just has not.
#include "profiles/lint.h"
#include "tests/unit/profiles/lint_text.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace callgate::profiles {

namespace {

struct Row {
    std::string id;
    std::string with;     ///< rules, or a whole profile where it begins with "{\"defaultAction"
    std::string without;  ///< the same, but for what matters
};

/// Enough of a profile that rules can be told without the rest.
std::string around(const std::string& rules) {
    if (rules.rfind("{\"defaultAction", 0) == 0) return rules;
    return R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [)" + rules + "]}";
}

const std::string kAllowAll = R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [)";

const std::vector<Row>& rows() {
    static const std::vector<Row> kRows{
        {"CG0001", R"({"names": ["setns"], "action": "SCMP_ACT_ALLOW"},
                      {"names": ["setns"], "action": "SCMP_ACT_ERRNO", "errnoRet": 2})",
         R"({"names": ["setns"], "action": "SCMP_ACT_ALLOW"},
            {"names": ["unshare"], "action": "SCMP_ACT_ERRNO", "errnoRet": 2})"},
        {"CG0002", R"({"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
                      {"names": ["close", "read"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"}, {"names": ["close"], "action": "SCMP_ACT_ALLOW"})"},
        {"CG0002",
         R"({"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "value": 5, "op": "SCMP_CMP_LE"}]},
                      {"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "value": 4, "op": "SCMP_CMP_EQ"}]})",
         R"({"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "value": 5, "op": "SCMP_CMP_LE"}]},
            {"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "value": 6, "op": "SCMP_CMP_EQ"}]})"},
        {"CG0003",
         R"({"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]},
                      {"names": ["clone", "read"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]},
            {"names": ["read"], "action": "SCMP_ACT_ALLOW"})"},
        {"CG0003", R"({"names": ["clone", "read"], "action": "SCMP_ACT_ALLOW"},
                      {"names": ["clone"], "action": "SCMP_ACT_LOG", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]})",
         R"({"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]},
            {"names": ["clone"], "action": "SCMP_ACT_LOG", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]})"},
        {"CG0004", R"({"names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [
                       {"index": 0, "value": 8, "op": "SCMP_CMP_GE"}, {"index": 0, "value": 16, "op": "SCMP_CMP_LE"}]})",
         R"({"names": ["kcmp"], "action": "SCMP_ACT_ALLOW", "args": [
             {"index": 0, "value": 8, "op": "SCMP_CMP_GE"}, {"index": 1, "value": 16, "op": "SCMP_CMP_LE"}]})"},
        {"CG0005", R"({"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"})",
         R"({"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13})"},
        {"CG0006",
         R"({"names": ["kcmp"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 2, "value": 5, "op": "SCMP_CMP_EQ"}]},
                      {"names": ["kcmp"], "action": "SCMP_ACT_LOG", "args": [{"index": 2, "value": 5, "op": "SCMP_CMP_EQ"}]})",
         R"({"names": ["kcmp"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 2, "value": 5, "op": "SCMP_CMP_EQ"}]},
            {"names": ["kcmp"], "action": "SCMP_ACT_LOG", "args": [{"index": 2, "value": 6, "op": "SCMP_CMP_EQ"}]})"},
        {"CG0007",
         R"({"names": ["kcmp"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 5, "op": "SCMP_CMP_LT"},
                       {"index": 2, "value": 1, "op": "SCMP_CMP_EQ"}]},
                      {"names": ["kcmp"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 5, "op": "SCMP_CMP_LT"},
                       {"index": 3, "value": 1, "op": "SCMP_CMP_EQ"}]})",
         R"({"names": ["kcmp"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 5, "op": "SCMP_CMP_LT"},
             {"index": 2, "value": 1, "op": "SCMP_CMP_EQ"}]},
            {"names": ["kcmp"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 4, "op": "SCMP_CMP_LE"},
             {"index": 3, "value": 1, "op": "SCMP_CMP_EQ"}]})"},
        {"CG0010", R"({"names": ["epol_wait"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["epoll_wait"], "action": "SCMP_ACT_ALLOW"})"},
        {"CG0012", R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
                       "syscalls": [{"names": ["dup2"], "action": "SCMP_ACT_ALLOW"}]})",
         R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
             "syscalls": [{"names": ["dup2", "dup3", "fcntl"], "action": "SCMP_ACT_ALLOW"}]})"},
        {"CG0013", R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["amd64"], "syscalls": []})",
         R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": []})"},
        {"CG0014", R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X32"],
                       "syscalls": []})",
         R"({"defaultAction": "SCMP_ACT_ERRNO",
             "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"], "syscalls": []})"},
        {"CG0020",
         R"({"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_NE"}]})",
         R"({"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_EQ"}]})"},
        {"CG0020", kAllowAll + R"({"names": ["ioctl"], "action": "SCMP_ACT_ERRNO",
                       "args": [{"index": 1, "value": 21522, "op": "SCMP_CMP_EQ"}]}]})",
         kAllowAll + R"({"names": ["ioctl"], "action": "SCMP_ACT_ERRNO",
             "args": [{"index": 1, "value": 4294967295, "valueTwo": 21522, "op": "SCMP_CMP_MASKED_EQ"}]}]})"},
        {"CG0021", R"({"names": ["openat"], "action": "SCMP_ACT_ALLOW",
                       "args": [{"index": 0, "value": 18446744073709551516, "op": "SCMP_CMP_EQ"}]})",
         R"({"names": ["openat"], "action": "SCMP_ACT_ALLOW",
             "args": [{"index": 0, "value": 4294967196, "op": "SCMP_CMP_EQ"}]})"},
        {"CG0022", R"({"names": ["ftruncate"], "action": "SCMP_ACT_ALLOW",
                       "args": [{"index": 1, "value": 4294967295, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]})",
         R"({"names": ["ftruncate"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "value": 0, "op": "SCMP_CMP_EQ"}]})"},
        {"CG0023", R"({"names": ["openat"], "action": "SCMP_ACT_ALLOW",
                       "args": [{"index": 1, "value": 4096, "op": "SCMP_CMP_LT"}]})",
         R"({"names": ["openat"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "value": 0, "op": "SCMP_CMP_NE"}]})"},
        {"CG0024", R"({"names": ["clone"], "action": "SCMP_ACT_ALLOW",
                       "args": [{"index": 0, "value": 0, "valueTwo": 2114060288, "op": "SCMP_CMP_MASKED_EQ"}]})",
         R"({"names": ["clone"], "action": "SCMP_ACT_ALLOW",
             "args": [{"index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]})"},
        {"CG0025",
         R"({"names": ["close"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "value": 0, "op": "SCMP_CMP_EQ"}]})",
         R"({"names": ["close"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 0, "op": "SCMP_CMP_EQ"}]})"},
        {"CG0026", R"({"names": ["setuid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 0})",
         R"({"names": ["setuid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13})"},
        {"CG0026", R"({"names": ["setuid"], "action": "SCMP_ACT_ALLOW", "errnoRet": 1})",
         R"({"names": ["setuid"], "action": "SCMP_ACT_ALLOW"})"},
        {"CG0026", R"({"names": ["setuid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 4095})",
         R"({"names": ["setuid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 4094})"},
        {"CG0030", R"({"names": ["execve", "exit", "exit_group"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["execve", "exit", "exit_group", "rt_sigreturn"], "action": "SCMP_ACT_ALLOW"})"},
        {"CG0031", R"({"names": ["nanosleep"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["nanosleep", "restart_syscall"], "action": "SCMP_ACT_ALLOW"})"},
        {"CG0032", R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "syscalls": [
                       {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]})",
         R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "syscalls": [
             {"names": ["rseq"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]})"},
        {"CG0032", R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "syscalls": [
                       {"names": ["rseq"], "action": "SCMP_ACT_KILL_PROCESS"}]})",
         R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "syscalls": [
             {"names": ["kcmp"], "action": "SCMP_ACT_KILL_PROCESS"}]})"},
        {"CG0033", R"({"names": ["getrandom"], "action": "SCMP_ACT_ALLOW"})",
         R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "syscalls": [
             {"names": ["getrandom"], "action": "SCMP_ACT_ALLOW"}]})"},
        {"CG0034", R"({"names": ["execve"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["close", "epoll_ctl", "execve", "fstatfs", "futex", "getdents64", "getpid", "openat", "prctl",
             "rt_sigreturn", "write"], "action": "SCMP_ACT_ALLOW"})"},
        {"CG0035", R"({"names": ["mount"], "action": "SCMP_ACT_TRACE"})",
         R"({"names": ["mount"], "action": "SCMP_ACT_ALLOW"})"},
        {"CG0036", R"({"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}})",
         R"({"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_CHOWN"]}})"},
        {"CG0040", R"({"names": ["bpf"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["brk"], "action": "SCMP_ACT_ALLOW"})"},
        {"CG0041", R"({"names": ["reboot"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["read"], "action": "SCMP_ACT_ALLOW"})"},
        {"CG0042", R"({"names": ["clone3"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["clone", "clone3"], "action": "SCMP_ACT_ALLOW"})"},
        {"CG0043", R"({"names": ["mount"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["munmap"], "action": "SCMP_ACT_ALLOW"})"},
        {"CG0044", R"({"names": ["clone"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["clone"], "action": "SCMP_ACT_ALLOW",
             "args": [{"index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]})"},
        {"CG0045", R"({"names": ["ptrace"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["prctl"], "action": "SCMP_ACT_ALLOW"})"},
        {"CG0046", R"({"names": ["mknod"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["mknod"], "action": "SCMP_ACT_ALLOW",
             "args": [{"index": 1, "value": 61440, "valueTwo": 32768, "op": "SCMP_CMP_MASKED_EQ"}]})"},
        {"CG0047", R"({"names": ["ioctl"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["ioctl"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 1, "value": 21505, "op": "SCMP_CMP_EQ"}]})"},
        {"CG0048", R"({"names": ["socket"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]})"},
        {"CG0050", R"({"names": ["io_uring_setup"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["io_setup"], "action": "SCMP_ACT_ALLOW"})"},
        {"CG0051", R"({"names": ["fsconfig", "fsopen", "unshare"], "action": "SCMP_ACT_ALLOW"})",
         R"({"names": ["fsconfig", "fsopen"], "action": "SCMP_ACT_ALLOW"})"},
        {"CG0052", kAllowAll + R"({"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"}]})",
         kAllowAll + R"({"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]})"},
        {"CG0052", kAllowAll + R"({"names": ["clone3"], "action": "SCMP_ACT_ERRNO"}]})",
         kAllowAll + R"({"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}]})"},
        {"CG0053", kAllowAll + "]}", R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []})"},
        {"CG0054",
         R"({"defaultAction": "SCMP_ACT_ERRNO", "flags": ["SECCOMP_FILTER_FLAG_SPEC_ALLOW"], "syscalls": []})",
         R"({"defaultAction": "SCMP_ACT_ERRNO", "flags": [], "syscalls": []})"},
    };
    return kRows;
}

std::string listed(const std::vector<Finding>& findings) {
    std::string out;
    for (const auto& finding : findings) out += std::string{finding.rule->id} + " " + headline(finding) + "\n";
    return out;
}

std::size_t count_of(const std::vector<Finding>& findings, const std::string& id) {
    return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(),
                                                  [&](const Finding& finding) { return finding.rule->id == id; }));
}

}  // namespace

TEST_CASE("each rule of lint finds its profile and leaves the next one alone", "[profiles][lint]") {
    for (const auto& row : rows()) {
        INFO(row.id);
        const auto with = Linted{around(row.with)}.findings();
        INFO(around(row.with) << "\n" << listed(with));
        CHECK(count_of(with, row.id) >= 1);
        const auto without = Linted{around(row.without)}.findings();
        INFO(around(row.without) << "\n" << listed(without));
        CHECK(count_of(without, row.id) == 0);
        for (const auto& finding : with) {
            if (finding.rule->id != row.id) continue;
            CHECK(finding.span.position().line > 0);
            CHECK(!finding.fix.empty());
        }
    }
}

TEST_CASE("every rule of lint is tried", "[profiles][lint]") {
    // What a libseccomp knows depends on the host: CG0011 has a test of its own.
    std::set<std::string> tried{"CG0011"};
    for (const auto& row : rows()) tried.insert(row.id);
    for (const auto& rule : lint_rules()) CHECK(tried.count(std::string{rule.id}) == 1);
}

TEST_CASE("a name that libseccomp does not know yet is told with the versions that do", "[profiles][lint]") {
    const std::string name = "mseal";
    const auto findings = Linted{around(R"({"names": [")" + name + R"("], "action": "SCMP_ACT_ALLOW"})")}.findings();
    if (model::libseccomp_knows(name)) {
        CHECK(count_of(findings, "CG0011") == 0);
        return;
    }
    REQUIRE(count_of(findings, "CG0011") == 1);
    for (const auto& finding : findings) {
        if (finding.rule->id == "CG0011")
            CHECK(finding.calls.front().detail == "in Linux since 6.10, in libseccomp since 2.6.0");
    }
}

TEST_CASE("a bypass by the upper half is shown with two calls that the filter was asked about", "[profiles][lint]") {
    const auto findings =
        Linted{
            around(
                R"({"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_NE"}]})")}
            .findings();
    const auto found = std::find_if(findings.begin(), findings.end(),
                                    [](const Finding& finding) { return finding.rule->id == "CG0020"; });
    REQUIRE(found != findings.end());
    CHECK(found->witness == "socket(family=AF_VSOCK): ERRNO(EPERM), but socket(family=0x100000028) on x86_64: ALLOW");
}

TEST_CASE("what covers a dead rule is named with its place", "[profiles][lint]") {
    const auto findings = Linted{R"({
  "defaultAction": "SCMP_ACT_ERRNO",
  "syscalls": [
    {"names": ["read", "setns"], "action": "SCMP_ACT_ALLOW"},
    {"names": ["setns"], "action": "SCMP_ACT_ERRNO", "errnoRet": 2}
  ]
})"}
                              .findings();
    const auto found = std::find_if(findings.begin(), findings.end(),
                                    [](const Finding& finding) { return finding.rule->id == "CG0001"; });
    REQUIRE(found != findings.end());
    CHECK(core::to_string(found->span) == "p.json:5:16");
    CHECK(
        headline(*found) ==
        "setns: SCMP_ACT_ERRNO decides about no call here: the rule at p.json:4:24 (SCMP_ACT_ALLOW) does, whatever the "
        "order of the profile suggests");
}

TEST_CASE("an essential that only one architecture of many lacks is told for the native one", "[profiles][lint]") {
    const auto findings = Linted{R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        {"names": ["exit_group"], "action": "SCMP_ACT_KILL"}]})"}
                              .findings();
    REQUIRE(count_of(findings, "CG0030") == 1);
}

TEST_CASE("the registry of lint has ids in order, names once, and a page for each", "[profiles][lint]") {
    std::string last;
    std::set<std::string> names;
    for (const auto& rule : lint_rules()) {
        INFO(rule.id);
        CHECK(std::string{rule.id} > last);
        last = rule.id;
        CHECK(names.insert(std::string{rule.name}).second);
        CHECK(find_lint_rule(rule.name) == find_lint_rule(rule.id));
        const std::string page{lint_page(rule)};
        CHECK(page.rfind("# " + last + " " + std::string{rule.name} + " (" +
                             std::string{core::severity_name(rule.severity)} + ")\n",
                         0) == 0);
        for (const auto* heading : {"\n## Why\n", "\n## Example\n", "\n## What to do\n"}) {
            CHECK(page.find(heading) != std::string::npos);
        }
    }
    CHECK(find_lint_rule("CG9999") == nullptr);
}

}  // namespace callgate::profiles
