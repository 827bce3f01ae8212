#include "harness/bpf/evaluate.h"
#include "harness/model/action.h"
#include "harness/model/syscall_equivalents.h"
#include "harness/model/syscall_table.h"
#include "profiles/carry_over.h"
#include "profiles/compile.h"
#include "profiles/counterparts.h"
#include "profiles/port.h"
#include "tests/unit/profiles/profile_text.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <set>

namespace callgate::profiles {

namespace {

model::Arch arch(std::string_view name) {
    for (const auto& info : model::known_archs()) {
        if (info.short_name == name) return info.arch;
    }
    FAIL("no architecture " << name);
    return {};
}

Ported ported(const std::string& text, std::string_view to = "aarch64", std::string_view from = "x86_64") {
    auto made = port(profile_of(text), arch(from), arch(to));
    REQUIRE(made.has_value());
    return std::move(*made);
}

std::string notes_of(const Ported& ported) {
    std::string all;
    for (const auto& note : ported.notes) all += std::string{name_of(note.kind)} + ": " + note.text + "\n";
    return all;
}

bool says(const Ported& ported, const std::string& text) {
    return notes_of(ported).find(text) != std::string::npos;
}

bpf::Program program_of(const model::Profile& profile) {
    const auto compiled = compile(profile);
    INFO((compiled ? "" : compiled.error().message));
    REQUIRE(compiled.has_value());
    return compiled->program;
}

bool permits(const bpf::Program& program, const model::Call& call) {
    return !model::refuses(model::Action::from_return(bpf::evaluate(program, call)));
}

std::string allow(const std::string& names, const std::string& args = "") {
    return R"({"names": [)" + names + R"(], "action": "SCMP_ACT_ALLOW")" +
           (args.empty() ? "" : R"(, "args": [)" + args + "]") + "}";
}

std::string deny_all_but(const std::string& rules) {
    return R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [)" + rules + "]}";
}

constexpr std::uint64_t kAtFdcwd = 0xffff'ff9c;

}  // namespace

TEST_CASE("a call that another architecture lacks is permitted there as C libraries make it, and no more",
          "[profiles]") {
    const auto made = ported(deny_all_but(allow(R"("read", "open", "unlink", "rmdir", "fork")")));
    CHECK(made.profile.architectures == std::vector{arch("aarch64")});
    CHECK(made.profile.native == arch("aarch64"));
    CHECK(made.kept == 1);
    CHECK(made.lost == 4);
    const auto filter = program_of(made.profile);
    CHECK(permits(filter, call_of("aarch64", "read")));
    CHECK(permits(filter, call_of("aarch64", "openat", {kAtFdcwd, 0, 0x241})));
    CHECK(permits(filter, call_of("aarch64", "openat", {0xffff'ffff'ffff'ff9c})));  // an int, sign-extended
    CHECK_FALSE(permits(filter, call_of("aarch64", "openat", {5})));
    CHECK(permits(filter, call_of("aarch64", "unlinkat", {kAtFdcwd, 0, 0})));
    CHECK(permits(filter, call_of("aarch64", "unlinkat", {kAtFdcwd, 0, 0x200})));
    CHECK_FALSE(permits(filter, call_of("aarch64", "unlinkat", {kAtFdcwd, 0, 0x400})));
    CHECK(permits(filter, call_of("aarch64", "clone", {0x0120'0011})));  // fork of glibc
    CHECK(permits(filter, call_of("aarch64", "clone", {0x11})));         // fork of musl
    CHECK_FALSE(permits(filter, call_of("aarch64", "clone", {0x1000'0011})));
    CHECK_FALSE(permits(filter, call_of("aarch64", "clone", {0x3d0f00})));
    CHECK_FALSE(permits(filter, call_of("x86_64", "read")));
}

TEST_CASE("every predicted rule says so in its comment and in a line", "[profiles]") {
    const auto made = ported(deny_all_but(allow(R"("read", "open")")));
    REQUIRE(made.profile.rules.size() == 2);
    CHECK(made.profile.rules[0].comment.empty());
    CHECK(made.profile.rules[1].comment ==
          "predicted, not observed: in place of open: the C library calls the form with a directory, AT_FDCWD");
    CHECK(notes_of(made) ==
          "predicted: openat where dfd == AT_FDCWD, in place of open: the C library calls the form with a directory, "
          "AT_FDCWD\n");
}

TEST_CASE("conditions of open's flags become those of openat, as the other architecture numbers them", "[profiles]") {
    // O_WRONLY|O_RDWR|O_CREAT must not be set, O_DIRECTORY (0200000 here, 040000 there) must.
    const auto made = ported(deny_all_but(
        allow(R"("open")", R"({"index": 1, "value": 65603, "valueTwo": 65536, "op": "SCMP_CMP_MASKED_EQ"})")));
    const auto filter = program_of(made.profile);
    CHECK(permits(filter, call_of("aarch64", "openat", {kAtFdcwd, 0, 040000})));
    CHECK_FALSE(permits(filter, call_of("aarch64", "openat", {kAtFdcwd, 0, 0200000})));
    CHECK_FALSE(permits(filter, call_of("aarch64", "openat", {kAtFdcwd, 0, 040000 | 0100})));
    CHECK_FALSE(permits(filter, call_of("aarch64", "openat", {3, 0, 040000})));
    // The same call on both is renumbered too, and that is a prediction.
    const auto same = ported(deny_all_but(
        allow(R"("openat")", R"({"index": 2, "value": 65536, "valueTwo": 65536, "op": "SCMP_CMP_MASKED_EQ"})")));
    REQUIRE(same.profile.rules.size() == 1);
    CHECK(same.profile.rules.front().args.front().value == 040000);
    CHECK(same.profile.rules.front().comment == "predicted, not observed: argument filters carried over from x86_64");
}

TEST_CASE("a condition follows its parameter where architectures have another order", "[profiles]") {
    const auto made =
        ported(deny_all_but(allow(R"("clone")",
                                  R"({"index": 0, "value": 268435456, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"})")),
               "s390x");
    REQUIRE(made.profile.rules.size() == 1);
    CHECK(made.profile.rules.front().args.front().index == 1);
}

TEST_CASE("what cannot be carried over is refused, and said", "[profiles]") {
    const auto made = ported(deny_all_but(allow(R"("poll")", R"({"index": 2, "value": 0, "op": "SCMP_CMP_EQ"})") + "," +
                                          allow(R"("write")", R"({"index": 1, "value": 4096, "op": "SCMP_CMP_EQ"})") +
                                          "," + allow(R"("arch_prctl")")));
    const auto filter = program_of(made.profile);
    CHECK_FALSE(permits(filter, call_of("aarch64", "ppoll")));
    CHECK_FALSE(permits(filter, call_of("aarch64", "write", {0, 4096})));
    CHECK(says(made,
               "stricter: arg2 == 0: ppoll has no timeout_msecs on aarch64: ppoll is not permitted by this filter"));
    CHECK(says(made, "stricter: arg1 == 0x1000: buf is an address, and addresses are others there: write"));
    CHECK(says(made, "lost: arch_prctl: nothing takes its place on aarch64: the thread pointer is a register"));
}

TEST_CASE("what a profile refuses stays refused where the condition cannot be carried over", "[profiles]") {
    const std::string text = R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
 {"names": ["poll"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 2, "value": 0, "op": "SCMP_CMP_EQ"}]},
 {"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13}]})";
    const auto made = ported(text);
    const auto filter = program_of(made.profile);
    CHECK_FALSE(permits(filter, call_of("aarch64", "ppoll", {0, 0, 8})));
    CHECK_FALSE(permits(filter, call_of("aarch64", "mkdirat", {kAtFdcwd})));
    CHECK(permits(filter, call_of("aarch64", "mkdirat", {3})));
    CHECK(says(made, "ppoll is refused whatever that argument is"));
}

TEST_CASE("what the profile says of the other call itself counts more than a prediction", "[profiles]") {
    const auto covered = ported(deny_all_but(allow(R"("open", "openat")")));
    CHECK(covered.profile.rules.size() == 1);
    CHECK(says(covered, "covered: openat where dfd == AT_FDCWD, in place of open"));
    // fork is clone without a new namespace.
    const auto within = ported(deny_all_but(
        allow(R"("fork")") + "," +
        allow(R"("clone")", R"({"index": 0, "value": 268435456, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"})")));
    CHECK(within.added == 0);
    // openat refuses O_CREAT in another way than the default: open cannot bring it back.
    const auto refused =
        ported(deny_all_but(allow(R"("open")") + R"(, {"names": ["openat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13,
  "args": [{"index": 2, "value": 64, "valueTwo": 64, "op": "SCMP_CMP_MASKED_EQ"}]})"));
    const auto filter = program_of(refused.profile);
    CHECK(permits(filter, call_of("aarch64", "openat", {kAtFdcwd, 0, 0})));
    CHECK_FALSE(permits(filter, call_of("aarch64", "openat", {kAtFdcwd, 0, 0100})));
    const auto never =
        ported(deny_all_but(allow(R"("open")") + R"(, {"names": ["openat"], "action": "SCMP_ACT_KILL"})"));
    CHECK_FALSE(permits(program_of(never.profile), call_of("aarch64", "openat", {kAtFdcwd})));
    CHECK(says(never, "stricter: openat where dfd == AT_FDCWD, in place of open"));
}

TEST_CASE("of two calls that become one, a refusal counts more than a permission", "[profiles]") {
    const auto made = ported(
        deny_all_but(allow(R"("open")") + R"(, {"names": ["creat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13})"));
    const auto filter = program_of(made.profile);
    CHECK(permits(filter, call_of("aarch64", "openat", {kAtFdcwd, 0, 0100})));
    CHECK_FALSE(permits(filter, call_of("aarch64", "openat", {kAtFdcwd, 0, 01101})));
    CHECK_FALSE(permits(filter, call_of("aarch64", "openat", {kAtFdcwd, 0, 01101 | 0400000})));  // musl: O_LARGEFILE
}

TEST_CASE("32-bit architectures get the calls that C libraries prefer there", "[profiles]") {
    const auto made =
        ported(deny_all_but(allow(R"("mmap", "fcntl", "clock_gettime", "arch_prctl", "rt_sigreturn")")), "arm");
    const auto filter = program_of(made.profile);
    for (const auto* name : {"mmap2", "fcntl64", "clock_gettime64", "set_tls", "sigreturn"}) {
        INFO(name);
        CHECK(permits(filter, call_of("arm", name)));
    }
    // set_tls is arch_prctl(ARCH_SET_FS) only.
    const auto other =
        ported(deny_all_but(allow(R"("arch_prctl")", R"({"index": 0, "value": 4097, "op": "SCMP_CMP_EQ"})")), "arm");
    CHECK_FALSE(permits(program_of(other.profile), call_of("arm", "set_tls")));
}

TEST_CASE("the operations of socketcall become calls of their own", "[profiles]") {
    const std::string text = R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86"], "syscalls": [
 {"names": ["socketcall"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 3, "op": "SCMP_CMP_EQ"}]}]})";
    const auto filter = program_of(ported(text, "aarch64", "i386").profile);
    CHECK(permits(filter, call_of("aarch64", "connect")));
    CHECK_FALSE(permits(filter, call_of("aarch64", "bind")));
}

TEST_CASE("a condition that a multiplexed call would pass by is not carried over", "[profiles]") {
    const auto made =
        ported(deny_all_but(allow(R"("socket")", R"({"index": 0, "value": 1, "op": "SCMP_CMP_EQ"})")), "i386");
    const auto filter = program_of(made.profile);
    CHECK_FALSE(permits(filter, call_of("i386", "socketcall", {1})));
    CHECK_FALSE(permits(filter, call_of("i386", "socket", {1})));
    CHECK(says(made, "stricter: arg0 == 1: the arguments stand in memory where socketcall makes the call: socket is"));
}

TEST_CASE("the architecture that a profile was made on is that of this machine unless it lists others", "[profiles]") {
    CHECK(made_on(profile_of(R"({"defaultAction": "SCMP_ACT_ERRNO"})")) == model::native_arch());
    CHECK(made_on(profile_of(R"({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_RISCV64"]})")) ==
          arch("riscv64"));
    const auto same = port(profile_of(deny_all_but(allow(R"("read")"))), arch("x86_64"), arch("x86_64"));
    REQUIRE_FALSE(same.has_value());
    CHECK(same.error().message == "p.json is a profile for x86_64 already");
}

TEST_CASE("how a call is made in place of another is known for all that x86 has and others lack", "[profiles]") {
    // What does more than the call that it would stand in for is not carried over.
    const std::set<std::string_view> more{"kexec_file_load"};
    for (const auto* from : {"x86_64", "i386", "arm"}) {
        for (const auto* to : {"aarch64", "riscv64", "arm", "i386", "ppc64le", "s390x"}) {
            for (const auto name : model::calls_with_equivalents()) {
                const auto instead = model::equivalent(arch(to), name);
                if (!model::table_number(arch(from), name) || !instead || instead->names.empty()) continue;
                if (more.count(name) != 0 || model::subcall(arch(to), name)) continue;
                INFO(from << " " << to << " " << name);
                std::set<std::string_view> known;
                for (const auto& one : counterparts(arch(from), arch(to), name)) known.insert(one.name);
                for (const auto wanted : instead->names) {
                    INFO(wanted);
                    CHECK((known.count(wanted) != 0 || name == "ipc" || name == "socketcall"));
                }
            }
        }
    }
}

TEST_CASE("every parameter that stands fixed is one of the call", "[profiles]") {
    for (const auto* from : {"x86_64", "i386", "arm"}) {
        for (const auto* to : {"aarch64", "riscv64", "arm", "i386", "s390x"}) {
            for (const auto& info : model::all_syscalls()) {
                if (!model::table_number(arch(from), info.name)) continue;
                for (const auto& one : counterparts(arch(from), arch(to), info.name)) {
                    INFO(from << " " << info.name << " " << to << " " << one.name);
                    const auto carried = carry_over({}, {arch(from), arch(to), info.name, one}, false);
                    CHECK(carried.losses.empty());
                    REQUIRE(carried.clause);
                    CHECK(carried.clause->size() == one.fixed.size());
                }
            }
        }
    }
}

TEST_CASE("for random filters nothing more is permitted there than here", "[profiles]") {
    std::mt19937_64 random{20240607};
    const auto pick = [&](std::uint64_t most) { return random() % (most + 1); };
    const std::array<std::string, 7> operators{"SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE",       "SCMP_CMP_EQ",
                                               "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ"};
    const std::array<std::string, 4> flag_values{"65", "114688", "16384", "577"};
    for (int round = 0; round < 60; ++round) {
        std::string rules;
        for (const auto* name : {"open", "openat", "creat"}) {
            const auto kind = pick(3);
            if (kind == 0) continue;
            const auto index = std::string{name} == "open" ? "1" : "2";
            const std::string refusing = R"("action": "SCMP_ACT_ERRNO", "errnoRet": 13)";
            const bool filtered = kind > 1 && std::string{name} != "creat";
            rules += (rules.empty() ? "" : ",") + std::string{R"({"names": [")"} + name + R"("], )" +
                     (pick(2) == 0 ? refusing : R"("action": "SCMP_ACT_ALLOW")") +
                     (filtered ? std::string{R"(, "args": [{"index": )"} + index + R"(, "value": )" +
                                     flag_values.at(pick(3)) + R"(, "valueTwo": )" + (pick(1) == 0 ? "64" : "0") +
                                     R"(, "op": ")" + operators.at(pick(6)) + R"("}])"
                               : "") +
                     "}";
        }
        const bool permissive = pick(3) == 0;
        const auto text = R"({"defaultAction": ")" + std::string{permissive ? "SCMP_ACT_ALLOW" : "SCMP_ACT_KILL"} +
                          R"(", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [)" + rules + "]}";
        INFO(text);
        const auto made = ported(text);
        INFO(notes_of(made));
        const auto here = program_of(profile_of(text));
        const auto there = program_of(made.profile);
        for (int i = 0; i < 400; ++i) {
            // The four that move, O_CREAT, O_WRONLY, O_TRUNC, and what neither names.
            const auto flags = random() & (0740000U | 0100U | 1U | 01000U | 0x8'0000U);
            std::uint64_t moved = flags & ~std::uint64_t{0740000};
            if ((flags & 040000U) != 0) moved |= 0200000;   // O_DIRECT
            if ((flags & 0100000U) != 0) moved |= 0400000;  // O_LARGEFILE
            if ((flags & 0200000U) != 0) moved |= 040000;   // O_DIRECTORY
            if ((flags & 0400000U) != 0) moved |= 0100000;  // O_NOFOLLOW
            const auto dfd = pick(1) == 0 ? kAtFdcwd : 7;
            const bool creates = dfd == kAtFdcwd && (flags & ~std::uint64_t{0100000}) == 01101;
            const bool permitted_here = permits(here, call_of("x86_64", "openat", {dfd, 0, flags})) ||
                                        (dfd == kAtFdcwd && permits(here, call_of("x86_64", "open", {0, flags}))) ||
                                        (creates && permits(here, call_of("x86_64", "creat")));
            INFO(dfd << " " << flags);
            if (permits(there, call_of("aarch64", "openat", {dfd, 0, moved}))) CHECK(permitted_here);
        }
    }
}

}  // namespace callgate::profiles
