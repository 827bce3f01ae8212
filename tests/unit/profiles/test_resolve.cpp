// What container engines and their runtimes make of a profile.
#include "harness/bpf/evaluate.h"
#include "harness/model/action.h"
#include "profiles/compare_targets.h"
#include "profiles/enosys_stub.h"
#include "profiles/resolve.h"
#include "profiles/semantics.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace callgate::profiles {

namespace {

constexpr Version kKernel{6, 18, 0};

constexpr auto kConditional = R"({"defaultAction": "SCMP_ACT_ERRNO",
 "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]}],
 "syscalls": [
 {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
 {"names": ["syslog"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYSLOG"]}},
 {"names": ["chroot"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_CHROOT"]}},
 {"names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "6.19"}},
 {"names": ["mkdir"], "action": "SCMP_ACT_ALLOW", "excludes": {"arches": ["amd64"]}},
 {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38, "excludes": {"caps": ["CAP_SYS_ADMIN"]}},
 {"names": ["acct"], "action": "SCMP_ACT_ERRNO", "errno": "EACCES"},
 {"name": "uname", "action": "SCMP_ACT_ALLOW"}]})";

Target target(const std::string& words) {
    const auto targets = read_targets(words, kKernel);
    INFO((targets ? "" : targets.error().message));
    REQUIRE(targets.has_value());
    REQUIRE(targets->size() == 1);
    return targets->front();
}

bpf::Program installed(const std::string& text, const std::string& words) {
    const auto where = target(words);
    const auto compiled = install(resolve(profile_of(text), where).profile, where);
    INFO((compiled ? "" : compiled.error().message));
    REQUIRE(compiled.has_value());
    return compiled->program;
}

std::string answer(const bpf::Program& program, const model::Call& call) {
    return model::describe(model::Action::from_return(bpf::evaluate(program, call)));
}

std::string answer(const bpf::Program& program, std::int32_t nr, const std::string& arch = "x86_64") {
    auto call = call_of(arch, "exit");
    call.nr = nr;
    return answer(program, call);
}

std::string of(const std::string& words, const std::string& name, const std::string& arch = "x86_64") {
    return answer(installed(kConditional, words), call_of(arch, name));
}

}  // namespace

TEST_CASE("each engine honours of Docker's words what it reads", "[profiles]") {
    CHECK(of("docker", "syslog") == "ERRNO(EPERM)");
    CHECK(of("docker,caps=default+CAP_SYSLOG", "syslog") == "ALLOW");
    CHECK(of("docker", "chroot") == "ALLOW");
    CHECK(of("docker,caps=none", "chroot") == "ERRNO(EPERM)");
    CHECK(of("crio", "chroot") == "ERRNO(EPERM)");  // not among its default capabilities
    CHECK(of("podman", "chroot") == "ALLOW");
    CHECK(of("containerd", "syslog") == "ALLOW");

    CHECK(of("docker", "ptrace") == "ERRNO(EPERM)");
    CHECK(of("docker,kernel=6.19.1-rc1", "ptrace") == "ALLOW");
    CHECK(of("podman", "ptrace") == "ALLOW");  // passes over minKernel

    CHECK(of("docker", "mkdir") == "ERRNO(EPERM)");
    CHECK(of("containerd", "mkdir") == "ALLOW");

    CHECK(of("docker", "clone3") == "ERRNO(ENOSYS)");
    CHECK(of("docker,caps=CAP_SYS_ADMIN,crun=1.8", "clone3") == "ERRNO(EPERM)");

    CHECK(of("docker", "acct") == "ERRNO(EPERM)");
    CHECK(of("crio", "acct") == "ERRNO(EACCES)");

    CHECK(of("docker", "uname") == "ALLOW");
    CHECK(of("containerd", "uname") == "ERRNO(EPERM)");

    CHECK(of("docker", "read", "i386") == "ALLOW");
    CHECK(of("containerd", "read", "i386") == "KILL_THREAD");
}

TEST_CASE("a resolved profile keeps its places and says what was decided", "[profiles]") {
    const auto resolution = resolve(profile_of(kConditional), target("docker"));
    CHECK_FALSE(model::is_conditional(resolution.profile));
    CHECK(file_and_line(resolution.profile.rules.back().names.front().span) == "p.json:11");
    CHECK(render_decisions(resolution.decisions) ==
          "p.json:2: archMap: the architectures are x86_64, i386, x32\n"
          "p.json:5: left out: it needs CAP_SYSLOG (syslog)\n"
          "p.json:6: holds: CAP_SYS_CHROOT is there (chroot)\n"
          "p.json:7: left out: kernel 6.18 is older than 6.19 (ptrace)\n"
          "p.json:8: left out: it excludes amd64 (mkdir)\n"
          "p.json:9: holds: no excluded capability is there (clone3)\n"
          "p.json:10: docker passes over an errno by name: EPERM instead of EACCES\n");
}

TEST_CASE("a conditional profile is not compiled before it was resolved", "[profiles]") {
    const auto compiled = compile(profile_of(kConditional));
    REQUIRE_FALSE(compiled.has_value());
    CHECK(compiled.error().message ==
          "p.json:2: what this means depends on where it is used: the profile has to be resolved");
}

TEST_CASE("runc answers ENOSYS above the largest number that the profile names", "[profiles]") {
    // Measured with runc 1.1.5 and crun 1.8.1: the highest name is getrandom, 318.
    const std::string text = R"({"defaultAction": "SCMP_ACT_ERRNO",
        "syscalls": [{"names": ["read", "getrandom"], "action": "SCMP_ACT_ALLOW"}]})";
    const auto runc = installed(text, "docker,runc=1.1");
    const auto crun = installed(text, "docker,crun=1.8");
    for (const auto nr : {334, 435, 437, 439, 452, 600}) {
        CHECK(answer(runc, nr) == "ERRNO(ENOSYS)");
        CHECK(answer(crun, nr) == "ERRNO(EPERM)");
    }
    CHECK(answer(runc, 318) == "ALLOW");
    CHECK(answer(runc, 83) == "ERRNO(EPERM)");
    CHECK(answer(runc, 0x40000000 + 600) == "KILL_THREAD");  // x32 is not in the profile

    // One more name, and a call below it is refused in another way.
    const auto more = installed(R"({"defaultAction": "SCMP_ACT_ERRNO",
        "syscalls": [{"names": ["read", "getrandom", "close_range"], "action": "SCMP_ACT_ALLOW"}]})",
                                "docker,runc=1.1");
    CHECK(answer(more, 435) == "ERRNO(EPERM)");
    CHECK(answer(more, 334) == "ERRNO(EPERM)");
    CHECK(answer(more, 437) == "ERRNO(ENOSYS)");
}

TEST_CASE("the stub tells the architectures of the profile apart", "[profiles]") {
    const auto stubbed = installed(R"({"defaultAction": "SCMP_ACT_ERRNO",
        "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_AARCH64"],
        "syscalls": [{"names": ["read", "mkdirat"], "action": "SCMP_ACT_ALLOW"}]})",
                                   "docker,runc=1.1");
    CHECK(answer(stubbed, 258) == "ALLOW");  // mkdirat
    CHECK(answer(stubbed, 259) == "ERRNO(ENOSYS)");
    CHECK(answer(stubbed, 296, "i386") == "ALLOW");
    CHECK(answer(stubbed, 297, "i386") == "ERRNO(ENOSYS)");
    CHECK(answer(stubbed, 0x40000000 + 258) == "ALLOW");
    CHECK(answer(stubbed, 0x40000000 + 259) == "ERRNO(ENOSYS)");
    CHECK(answer(stubbed, 63, "aarch64") == "ALLOW");  // read, above mkdirat
    CHECK(answer(stubbed, 64, "aarch64") == "ERRNO(ENOSYS)");
    CHECK(answer(stubbed, 1, "riscv64") == "KILL_THREAD");
}

TEST_CASE("no stub stands before a filter that permits, logs or asks a tracer", "[profiles]") {
    for (const auto* action : {"SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_TRACE"}) {
        CHECK(enosys_stub(profile_of(std::string{R"({"defaultAction": ")"} + action +
                                     R"(", "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"}]})"))
                  .empty());
    }
}

TEST_CASE("a profile is resolved for another machine", "[profiles]") {
    const std::string text = R"({"defaultAction": "SCMP_ACT_ERRNO",
        "archMap": [{"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_ARM"]}],
        "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["arm64"]}}]})";
    const auto program = installed(text, "docker,arch=arm64,crun=1.8");
    CHECK(answer(program, call_of("aarch64", "read")) == "ALLOW");
    CHECK(answer(program, call_of("arm", "read")) == "ALLOW");
    CHECK(answer(program, call_of("aarch64", "write")) == "ERRNO(EPERM)");
    CHECK(answer(program, call_of("x86_64", "read")) == "KILL_THREAD");
}

TEST_CASE("a filter of the other byte order is refused in words", "[profiles]") {
    const auto where = target("docker,arch=s390x");
    const auto compiled = install(resolve(profile_of(R"({"defaultAction": "SCMP_ACT_ERRNO"})"), where).profile, where);
    REQUIRE_FALSE(compiled.has_value());
    CHECK(compiled.error().message ==
          "p.json: s390x has the other byte order than this machine: its filter is not made here");
}

TEST_CASE("names that a libseccomp does not know are dropped there", "[profiles]") {
    const auto resolution = resolve(profile_of(R"({"defaultAction": "SCMP_ACT_ERRNO",
        "syscalls": [{"names": ["read", "cachestat"], "action": "SCMP_ACT_ALLOW"}]})"),
                                    target("docker,libseccomp=2.5.1"));
    CHECK(resolution.profile.rules.front().names.size() == 1);
    CHECK(render_decisions(resolution.decisions) == "p.json:2: dropped: libseccomp 2.5.1 does not know 'cachestat'\n");
    const auto newer = resolve(profile_of(R"({"defaultAction": "SCMP_ACT_ERRNO",
        "syscalls": [{"names": ["read", "mseal", "opennat"], "action": "SCMP_ACT_ALLOW"}]})"),
                               target("docker,libseccomp=2.6.0"));
    CHECK(newer.profile.rules.front().names.size() == 2);
    CHECK(render_decisions(newer.decisions) == "p.json:2: mseal is known to libseccomp 2.6 and not to " +
                                                   libseccomp_version() +
                                                   ", with which the filter is made here: the rule is missing from it\n"
                                                   "p.json:2: dropped: libseccomp 2.6 does not know 'opennat'\n");
}

TEST_CASE("what the runtime itself needs to start is looked for", "[profiles]") {
    const std::string text = R"({"defaultAction": "SCMP_ACT_ERRNO",
        "syscalls": [{"names": ["close", "execve"], "action": "SCMP_ACT_ALLOW"}]})";
    const auto missing = [&](const std::string& words) {
        return refused_at_start(installed(text, words), target(words));
    };
    CHECK(missing("podman,nnp=true").empty());
    CHECK(missing("podman").size() == 7);
    CHECK(missing("docker").size() == 22);
    CHECK(missing("docker,nnp=true").size() == 9);
}

TEST_CASE("a target that is none is said with what would be right", "[profiles]") {
    const auto [words, said] = GENERATE(table<std::string, std::string>({
        {"dokcer", "no target 'dokcer'; did you mean 'docker'?"},
        {"docker,run=1.1", "a target has no 'run'; did you mean 'runc'?"},
        {"docker,runc=x", "runc=x: no version such as 1.2 or 6.18.1"},
        {"docker,arch=amd46", "arch=amd46: unknown; "},
        {"docker,caps=SYS_ADMIN", "caps=SYS_ADMIN: unknown capability; did you mean 'CAP_SYS_ADMIN'?"},
        {"docker,nnp=yes", "nnp=yes: true or false"},
        {"runc=1.1", "'runc=1.1' stands before a target; docker,runc=1.1"},
    }));
    const auto targets = read_targets(words, kKernel);
    REQUIRE_FALSE(targets.has_value());
    CHECK(targets.error().message.find(said) == 0);
}

TEST_CASE("targets that agree differ in nothing", "[profiles]") {
    const auto targets = read_targets("docker,containerd", kKernel);
    REQUIRE(targets.has_value());
    const auto comparison = compare_targets(profile_of(R"({"defaultAction": "SCMP_ACT_ERRNO",
        "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]})"),
                                            *targets);
    REQUIRE(comparison.has_value());
    CHECK(comparison->differences.empty());
}

TEST_CASE("targets that disagree are compared call by call", "[profiles]") {
    const auto targets = read_targets("docker,crun=1.8,containerd,crun=1.8,crio", kKernel);
    REQUIRE(targets.has_value());
    const auto comparison = compare_targets(profile_of(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
 {"names": ["read"], "action": "SCMP_ACT_ALLOW"},
 {"names": ["syslog"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYSLOG"]}},
 {"names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}],
  "includes": {"caps": ["CAP_MKNOD"]}}]})"),
                                            *targets);
    REQUIRE(comparison.has_value());
    CHECK(render_text(*comparison) ==
          "arch    call                   docker,crun=1.8  containerd,crun=1.8  crio\n"
          "x86_64  syslog                 ERRNO(EPERM)     ALLOW                ERRNO(EPERM)\n"
          "x86_64  personality(arg0=0x8)  ALLOW            ALLOW                ERRNO(EPERM)\n\n"
          "containerd,crun=1.8 permits 1 more calls of x86_64 than docker,crun=1.8, and 0 fewer\n"
          "crio permits 0 more calls of x86_64 than docker,crun=1.8, and 0 fewer\n");
}

TEST_CASE("Docker's default profile under containerd permits what Docker refuses", "[profiles]") {
    const auto all = published_profiles();
    const auto found =
        std::find_if(all.begin(), all.end(), [](const auto& path) { return path.filename() == "docker-default.json"; });
    if (found == all.end()) return;  // said already
    const auto profile = profile_of(file_text(found->string()), "docker-default.json");
    const auto targets = read_targets("docker,containerd", kKernel);
    REQUIRE(targets.has_value());
    const auto comparison = compare_targets(profile, *targets);
    REQUIRE(comparison.has_value());
    REQUIRE(comparison->summary.size() == 1);
    // 38 that Docker refuses with EPERM, and clone3.
    CHECK(comparison->summary.front() == "containerd permits 39 more calls of x86_64 than docker, and 0 fewer");
    const std::vector<std::string> permitted{"ERRNO(EPERM)", "ALLOW"};
    CHECK(std::count_if(comparison->differences.begin(), comparison->differences.end(), [&](const Disagreement& one) {
              return one.arch == "x86_64" && one.answers == permitted && one.call.find('(') == std::string::npos;
          }) == 38);
    const auto answers = [&](const std::string& arch, const std::string& call) -> std::vector<std::string> {
        for (const auto& difference : comparison->differences) {
            if (difference.arch == arch && difference.call == call) return difference.answers;
        }
        return {};
    };
    for (const auto* name : {"bpf", "mount", "umount2", "setns", "unshare", "init_module", "reboot", "iopl"})
        CHECK(answers("x86_64", name) == permitted);
    CHECK(answers("x86_64", "clone3") == std::vector<std::string>{"ERRNO(ENOSYS)", "ALLOW"});
    CHECK(answers("i386", "every call") == std::vector<std::string>{"", "KILL_THREAD"});
}

}  // namespace callgate::profiles
