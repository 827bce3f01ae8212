// What each format says, and how its mistakes are said.
#include "harness/bpf/evaluate.h"
#include "harness/model/action.h"
#include "profiles/compile.h"
#include "profiles/format.h"
#include "profiles/program_bytes.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

namespace callgate::profiles {

namespace {

/// What the filter of a profile says of a call on x86_64.
std::string answer(const model::Profile& profile, const std::string& name,
                   const std::array<std::uint64_t, 6>& args = {}) {
    const auto compiled = compile(profile);
    INFO((compiled ? "" : compiled.error().message));
    REQUIRE(compiled.has_value());
    return model::describe(model::Action::from_return(bpf::evaluate(compiled->program, call_of("x86_64", name, args))));
}

std::string first_line(const std::string& said) {
    return said.substr(0, said.find('\n'));
}

model::Profile profile_named(const std::string& text, const ReadOptions& options) {
    core::Diagnostics diagnostics;
    auto content = load(source_of(text, "p.yaml"), options, diagnostics);
    INFO(core::render(diagnostics));
    REQUIRE(content.has_value());
    return std::get<model::Profile>(*content);
}

std::string complaints_with(const std::string& text, const ReadOptions& options) {
    core::Diagnostics diagnostics;
    const auto content = load(source_of(text, "p.yaml"), options, diagnostics);
    CHECK_FALSE(content.has_value());
    return first_line(core::render(diagnostics));
}

constexpr auto kTwoObjects = R"(---
apiVersion: security-profiles-operator.x-k8s.io/v1
kind: SeccompProfile
metadata: {name: base}
spec:
  defaultAction: SCMP_ACT_ERRNO
  syscalls:
    - names: [read]
      action: SCMP_ACT_ALLOW
---
apiVersion: security-profiles-operator.x-k8s.io/v1beta1
kind: SeccompProfile
metadata: {name: web}
spec:
  baseProfileName: base
  defaultAction: SCMP_ACT_LOG
  architectures: [SCMP_ARCH_NATIVE, SCMP_ARCH_X86]
  syscalls:
    - names: [write]
      action: SCMP_ACT_ERRNO
      errnoRet: 0
)";

}  // namespace

TEST_CASE("Docker's conditions are kept with their places", "[profiles]") {
    const auto profile = profile_of(R"({"defaultAction": "SCMP_ACT_ERRNO",
 "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]},
             {"architecture": "SCMP_ARCH_LOONGARCH64", "subArchitectures": null}],
 "syscalls": [{"name": "ptrace", "action": "SCMP_ACT_ALLOW", "comment": "why",
               "includes": {"caps": ["CAP_SYS_PTRACE"], "minKernel": "4.8"}, "excludes": {"arches": ["s390x"]}}]})");
    CHECK(profile.format == "docker");
    CHECK(model::is_conditional(profile));
    REQUIRE(profile.arch_map.size() == 2);
    CHECK(profile.arch_map[0].sub_architectures.at(0).text == "SCMP_ARCH_X86");
    REQUIRE(profile.rules.size() == 1);
    const auto& rule = profile.rules.front();
    CHECK(rule.old_name);
    CHECK(rule.comment == "why");
    CHECK(rule.includes.caps.at(0).text == "CAP_SYS_PTRACE");
    CHECK(core::to_string(rule.includes.min_kernel->span) == "p.json:5:70");
    CHECK(rule.excludes.arches.at(0).text == "s390x");
}

TEST_CASE("a profile of containers/common keeps its errnos by name", "[profiles]") {
    const auto profile =
        profile_of(R"({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "defaultErrno": "ENOSYS",
 "syscalls": [{"names": ["bpf"], "action": "SCMP_ACT_ERRNO", "errno": "EPERM", "args": [], "includes": {}}]})");
    CHECK(profile.format == "containers");
    CHECK(profile.default_errno_name->text == "ENOSYS");
    CHECK(profile.rules.front().errno_name->text == "EPERM");
    CHECK(profile.rules.front().includes.empty());
}

TEST_CASE("what runtimes refuse in Docker's format is refused at its place", "[profiles]") {
    const auto [rule, said] = GENERATE(table<std::string, std::string>({
        {R"({"name": "read", "names": ["write"], "action": "SCMP_ACT_ALLOW"})",
         "p.json:1:59: error: 'name' stands beside 'names': Docker and Podman refuse that"},
        {R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8.1"}})",
         "p.json:1:124: error: minKernel '4.8.1' is no version of two numbers"},
        {R"({"names": ["read"], "action": "SCMP_ACT_ERRNO", "errno": "EPREM"})",
         "p.json:1:107: error: unknown errno 'EPREM'"},
        {R"({"names": ["read"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["SYS_ADMIN"]}})",
         "p.json:1:120: warning: unknown capability 'SYS_ADMIN': no container ever has it"},
    }));
    INFO(rule);
    CHECK(first_line(complaints(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [)" + rule + "]}")) == said);
}

TEST_CASE("of several SeccompProfiles one is chosen by its name", "[profiles]") {
    CHECK(complaints_with(kTwoObjects, {}) == "p.yaml:1:1: error: this holds 2 profiles");
    CHECK(complaints_with(kTwoObjects, {.document = "db"}) == "p.yaml:1:1: error: no profile in this is called 'db'");
    const auto base = profile_named(kTwoObjects, {.document = "base"});
    CHECK(base.format == "spo");
    CHECK(answer(base, "read") == "ALLOW");
}

TEST_CASE("a base profile gives its rules and nothing else", "[profiles]") {
    const auto web = profile_named(kTwoObjects, {.document = "web"});
    CHECK(web.default_action == model::Profile::ActionName::log);
    CHECK(web.architectures == std::vector{*model::arch_from_oci("SCMP_ARCH_X86")});
    CHECK(answer(web, "read") == "ALLOW");
    CHECK(answer(web, "write") == "ERRNO(EPERM)");  // an errnoRet of 0 is none
    CHECK(answer(web, "mkdir") == "LOG");
}

TEST_CASE("a base profile is found in other texts, and its absence and circles are said", "[profiles]") {
    const std::string text = R"(apiVersion: security-profiles-operator.x-k8s.io/v1
kind: SeccompProfile
metadata: {name: a}
spec: {baseProfileName: base, defaultAction: SCMP_ACT_ERRNO}
)";
    CHECK(complaints_with(text, {}) == "p.yaml:4:25: error: the base profile 'base' is not at hand");
    const auto base = source_of(kTwoObjects, "bases.yaml");
    CHECK(answer(profile_named(text, {.bases = {base}}), "read") == "ALLOW");
    const auto open = [&](const std::string& path) -> core::Result<document::Source> {
        if (path == "base.yaml") return base;
        return core::fail("no " + path);
    };
    CHECK(answer(profile_named(text, {.open = open}), "read") == "ALLOW");
    auto circle = text;
    circle.replace(circle.find("base,"), 4, "a");
    CHECK(complaints_with(circle, {}) == "p.yaml:4:25: error: the base profile 'a' is its own base");
    auto artifact = text;
    artifact.replace(artifact.find("base,"), 4, "\"oci://x/y\"");
    CHECK(complaints_with(artifact, {}) ==
          "p.yaml:4:25: error: the base profile 'oci://x/y' is an artifact of a registry");
}

TEST_CASE("a unit of systemd permits its list, its sets and what systemd always permits", "[profiles]") {
    const auto profile = profile_of(R"([Unit]
Description=x
[Service]
# a comment
SystemCallFilter=@basic-io \
    socket
SystemCallFilter=~write
SystemCallErrorNumber=EPERM
SystemCallArchitectures=native
)",
                                    "x.service");
    CHECK(profile.format == "systemd");
    CHECK(profile.architectures.empty());
    CHECK(answer(profile, "read") == "ALLOW");
    CHECK(answer(profile, "socket") == "ALLOW");
    CHECK(answer(profile, "execve") == "ALLOW");  // of @default
    CHECK(answer(profile, "write") == "ERRNO(EPERM)");
    CHECK(answer(profile, "mount") == "ERRNO(EPERM)");
}

TEST_CASE("a unit of systemd that lists what is refused", "[profiles]") {
    const auto profile = profile_of(
        "[Service]\nSystemCallFilter=~@mount:EACCES ptrace "
        "reboot:kill\nSystemCallErrorNumber=38\nSystemCallFilter=umount2\n",
        "x.service");
    CHECK(profile.architectures.size() == 3);  // every ABI of the machine
    CHECK(answer(profile, "mount") == "ERRNO(EACCES)");
    CHECK(answer(profile, "ptrace") == "ERRNO(ENOSYS)");
    CHECK(answer(profile, "reboot") == "KILL_PROCESS");
    CHECK(answer(profile, "umount2") == "ALLOW");
    CHECK(answer(profile, "read") == "ALLOW");
}

TEST_CASE("an empty SystemCallFilter takes back what was said", "[profiles]") {
    const auto profile = profile_of("SystemCallFilter=read\nSystemCallFilter=\nSystemCallFilter=~ptrace\n", "x.conf");
    CHECK(answer(profile, "ptrace") == "KILL_PROCESS");
    CHECK(answer(profile, "mkdir") == "ALLOW");
}

TEST_CASE("mistakes in a unit of systemd have their place", "[profiles]") {
    const auto [text, said] = GENERATE(table<std::string, std::string>({
        {"[Service]\nSystemCallFilter=read @netwrk-io\n", "x:2:23: error: unknown set '@netwrk-io'"},
        {"[Service]\nSystemCallFilter=~read:EPREM\n", "x:2:24: error: 'EPREM' is no errno"},
        {"[Service]\nSystemCallFilter=re-ad\n", "x:2:18: error: 're-ad' is no system call name"},
        {"[Service]\nSystemCallFilter=read:EPERM\n",
         "x:2:18: warning: systemd passes over a permitted call with an errno"},
        {"[Service]\nSystemCallArchitectures=amd64\nSystemCallFilter=read\n",
         "x:2:25: error: unknown architecture 'amd64'"},
        {"[Install]\nSystemCallFilter=read\n", "x:2:1: warning: systemd passes over SystemCallFilter in [Install]"},
    }));
    INFO(text);
    CHECK(first_line(complaints(text, "x")) == said);
}

TEST_CASE("a policy of minijail permits by expressions", "[profiles]") {
    const auto profile = profile_of(R"(# comment
read: 1
socket: arg0 == AF_UNIX || arg0 == 0x2 && arg1 != 3
mmap: arg2 in PROT_READ|PROT_WRITE
openat: arg2 & (O_WRONLY|O_RDWR)
prctl: arg0 < 10; return EACCES
personality: arg0 == 0 || arg0 == 8 || arg0 == 0x20000; return EPERM
lseek: arg0 > 1 && arg0 <= 100
39: 1
bpf: return 1
)",
                                    "p.policy");
    CHECK(profile.format == "minijail");
    CHECK(answer(profile, "read") == "ALLOW");
    CHECK(answer(profile, "write") == "KILL_PROCESS");
    CHECK(answer(profile, "socket", {1, 3}) == "ALLOW");
    CHECK(answer(profile, "socket", {2, 1}) == "ALLOW");
    CHECK(answer(profile, "socket", {2, 3}) == "KILL_PROCESS");
    CHECK(answer(profile, "mmap", {0, 0, 3}) == "ALLOW");
    CHECK(answer(profile, "mmap", {0, 0, 4}) == "KILL_PROCESS");
    CHECK(answer(profile, "openat", {0, 0, 1}) == "ALLOW");
    CHECK(answer(profile, "openat", {0, 0, 2}) == "ALLOW");
    CHECK(answer(profile, "openat", {0, 0, 0}) == "KILL_PROCESS");
    CHECK(answer(profile, "prctl", {9}) == "ALLOW");
    CHECK(answer(profile, "prctl", {10}) == "ERRNO(EACCES)");
    for (const std::uint64_t value : {0U, 8U, 0x20000U}) CHECK(answer(profile, "personality", {value}) == "ALLOW");
    for (const std::uint64_t value : {1U, 7U, 9U, 0x1FFFFU, 0x20001U, 0xFFFFFFFFU})
        CHECK(answer(profile, "personality", {value}) == "ERRNO(EPERM)");
    for (const std::uint64_t value : {2U, 31U, 64U, 100U}) CHECK(answer(profile, "lseek", {value}) == "ALLOW");
    for (const std::uint64_t value : {0U, 1U, 101U}) CHECK(answer(profile, "lseek", {value}) == "KILL_PROCESS");
    CHECK(answer(profile, "getpid") == "ALLOW");
    CHECK(answer(profile, "bpf") == "ERRNO(EPERM)");
}

TEST_CASE("a denylist of minijail refuses what fails its expression", "[profiles]") {
    const auto profile =
        profile_of("@denylist\nbpf: return EPERM\nclone: arg0 in ~CLONE_NEWUSER; return EACCES\n", "p");
    CHECK(answer(profile, "read") == "ALLOW");
    CHECK(answer(profile, "bpf") == "ERRNO(EPERM)");
    CHECK(answer(profile, "clone", {0x11}) == "ALLOW");
    CHECK(answer(profile, "clone", {0x10000011}) == "ERRNO(EACCES)");
}

TEST_CASE("mistakes in a policy of minijail have their place", "[profiles]") {
    const auto [text, said] = GENERATE(table<std::string, std::string>({
        {"opne: 1\n", "p:1:1: error: unknown system call 'opne': minijail refuses the policy"},
        {"read: arg6 == 1\n", "p:1:7: error: 'arg6' stands where an argument, arg0 to arg5, is wanted"},
        {"read: arg0 = 1\n", "p:1:12: error: '=' stands where one of ==, !=, <, <=, >, >=, & and in is wanted"},
        {"read: arg0 == PROT_EXE\n", "p:1:15: error: unknown constant 'PROT_EXE'"},
        {"read: arg0 == 0x12345678901234567\n", "p:1:15: error: '0x12345678901234567' is no number of at most 64 bits"},
        {"read: arg0 ==\n", "p:1:14: error: the line ends where a constant is wanted"},
        {"read: 1\nread: 1\n", "p:2:1: error: read has a rule already"},
        {"read: 1\n@denylist\n", "p:2:1: error: '@denylist' stands behind a rule"},
        {"@include other.policy\n", "p:1:10: error: minijail takes no path that begins like 'other.policy'"},
        {"@include ./other.policy\n", "p:1:10: error: an included policy cannot be opened here"},
        {"read: arg0 in 5 && arg0 < 5\n",
         "p:1:7: error: no rule of a profile can say this: it tests one argument twice, or is too long"},
        {"socket: arg0 in 5 || arg0 > 5; return EPERM\n",
         "p:1:9: error: no rule of a profile can say what this refuses: it would test one argument twice"},
        {"read: return EWHAT\n", "p:1:14: error: unknown constant 'EWHAT'"},
    }));
    INFO(text);
    // A policy's mistakes are followed by notes in the order of their places.
    const auto all = complaints(text, "p");
    CHECK(all.find(said) != std::string::npos);
}

TEST_CASE("an included policy is read from where it is named, one level deep", "[profiles]") {
    std::string opened;
    const auto open = [&](const std::string& path) -> core::Result<document::Source> {
        opened = path;
        return source_of("write: 1\n", "other.policy");
    };
    const auto profile = profile_named("@include ./other.policy\nread: 1\n", {.open = open});
    CHECK(opened == "./other.policy");
    CHECK(answer(profile, "write") == "ALLOW");
    CHECK(profile.rules.front().names.front().span.file() == "other.policy");
}

TEST_CASE("a list of names, a log of strace and audit records are read as the profile that permits them",
          "[profiles]") {
    const auto [text, format] = GENERATE(table<std::string, std::string>({
        {"read write # comment\nclone3,mkdir\n", "names"},
        {R"(["read", "write", "clone3", "mkdir"])", "names"},
        {"execve(\"/bin/x\", [\"x\"], 0x7f /* 1 var */) = 0\nread(3, \"\", 1) = 0\n[pid 12] write(1, \"x\", 1 "
         "<unfinished ...>\n"
         "12 10:00:00.1 clone3({flags=0}, 88) = 13\n[pid 13] <... mkdir resumed>) = 0\n+++ exited with 0 +++\n",
         "strace"},
        {"% time     seconds  usecs/call     calls    errors syscall\n------ ----------- ----------- --------- "
         "--------- "
         "----------------\n 50.00    0.000010           1         3           read\n 25.00    0.000010           1    "
         "     "
         "3         1 write\n 25.00    0.000010           1         3           clone3\n  0.00    0.0           0      "
         "   1    "
         "       mkdir\n------ ----------- ----------- --------- --------- ----------------\n100.00    0.0           2 "
         "        "
         "10         1 total\n",
         "strace"},
        {"type=SECCOMP msg=audit(1.1:1): pid=1 comm=\"x\" sig=0 arch=c000003e syscall=0 compat=0 ip=0x1 "
         "code=0x7ffc0000\n"
         "[1.0] audit: type=1326 audit(1.1:2): pid=1 sig=0 arch=c000003e syscall=1 compat=0 code=0x50000\n"
         "type=1326 audit(1.1:3): arch=c000003e syscall=435 compat=0\ntype=1326 audit(1.1:4): arch=c000003e syscall=83 "
         "\n",
         "audit"},
    }));
    const auto profile = profile_of(text, "x.txt");
    CHECK(profile.format == format);
    for (const auto* name : {"read", "write", "clone3", "mkdir"}) CHECK(answer(profile, name) == "ALLOW");
    CHECK(answer(profile, "rmdir") == "ERRNO(EPERM)");
}

TEST_CASE("audit records of other architectures widen the profile", "[profiles]") {
    const auto profile = profile_of("type=1326 audit(1.1:1): arch=40000003 syscall=20 compat=1 code=0\n", "x.log");
    CHECK(profile.architectures.size() == 2);
    CHECK(profile.rules.front().names.front().text == "getpid");
    CHECK(core::to_string(profile.rules.front().names.front().span) == "x.log:1:47");
}

TEST_CASE("a compiled filter is a program and no profile", "[profiles]") {
    const auto compiled = compile(profile_of(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []})"));
    REQUIRE(compiled.has_value());
    const auto bytes = program_bytes(compiled->program);
    core::Diagnostics diagnostics;
    const auto content = load(source_of(bytes, "f.bpf"), ReadOptions{}, diagnostics);
    REQUIRE(content.has_value());
    CHECK(std::get<bpf::Program>(*content) == compiled->program);
    CHECK(first_line(complaints(bytes, "f.bpf")) ==
          "f.bpf:1:1: error: this is a compiled filter: its rules cannot be known again from it");
    CHECK(first_line(complaints(bytes.substr(0, bytes.size() - 3), "f.bpf")).find("instructions of 8 bytes each") !=
          std::string::npos);
    CHECK(first_line(complaints(std::string(16, '\0'), "f.bpf")).find("no filter that the kernel takes") !=
          std::string::npos);
}

TEST_CASE("the format can be named where nothing shows it", "[profiles]") {
    core::Diagnostics diagnostics;
    const auto content = load(source_of("getpid(", "x"), ReadOptions{.format = "names"}, diagnostics);
    CHECK_FALSE(content.has_value());
    CHECK(first_line(core::render(diagnostics)) == "x:1:1: error: 'getpid(' is no system call name");
    CHECK(complaints_with("read\n", {.format = "json"}) == "p.yaml:1:1: error: no format is called 'json'");
}

}  // namespace callgate::profiles
