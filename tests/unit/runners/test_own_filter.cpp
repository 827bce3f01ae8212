#include "runners/trap/own_filter.h"
#include "small_filter.h"

#include <catch2/catch.hpp>

#include <linux/audit.h>
#include <sys/prctl.h>

#include <algorithm>
#include <cstring>

namespace callgate::runners {

namespace {

using bpf::HandOver;
using model::Mode;
using tests::answering;
using tests::bytes;
using tests::FakeTask;
using tests::native_call;

constexpr std::uint32_t kErrno = SECCOMP_RET_ERRNO | 1;
constexpr std::uint64_t kHead = 0x1000;
constexpr std::uint64_t kCode = 0x2000;

std::string code_of(const bpf::Program& program) {
    std::string code(program.size() * sizeof(bpf::Instruction), '\0');
    std::memcpy(code.data(), program.data(), code.size());
    return code;
}

/// A struct sock_fprog at kHead, as 64-bit programs lay it out, and its instructions.
FakeTask task_with(const bpf::Program& program) {
    FakeTask task;
    task.put(kHead, bytes(static_cast<std::uint64_t>(program.size()), kCode)).put(kCode, code_of(program));
    return task;
}

}  // namespace

TEST_CASE("a filter hides what it answers more weakly than the profile and before callgate", "[runners]") {
    struct Pair {
        std::uint32_t own;
        std::uint32_t candidate;
        HandOver how;
        bool hidden;
    };
    const auto pair = GENERATE(values<Pair>({
        {kErrno, SECCOMP_RET_KILL_PROCESS, HandOver::trace, true},
        {kErrno, SECCOMP_RET_TRAP, HandOver::notify, true},
        {SECCOMP_RET_TRAP, SECCOMP_RET_KILL_THREAD, HandOver::trace, true},
        {kErrno, kErrno, HandOver::trace, false},                    // refused with or without the profile
        {SECCOMP_RET_KILL_PROCESS, kErrno, HandOver::trace, false},  // stricter than the profile
        {SECCOMP_RET_USER_NOTIF, kErrno, HandOver::trace, true},
        {SECCOMP_RET_USER_NOTIF, kErrno, HandOver::notify, false},  // no second listener comes about
        {SECCOMP_RET_TRACE, kErrno, HandOver::trace, false},
        {SECCOMP_RET_TRACE, kErrno, HandOver::notify, false},
        {SECCOMP_RET_LOG, SECCOMP_RET_KILL_PROCESS, HandOver::trace, false},
        {SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS, HandOver::trace, false},
        {kErrno, SECCOMP_RET_ALLOW, HandOver::trace, false},
    }));
    const auto hidden =
        hidden_by(answering("getppid", pair.own), answering("getppid", pair.candidate), Mode::log, pair.how);
    CAPTURE(pair.own, pair.candidate, static_cast<int>(pair.how));
    CHECK(hidden == (pair.hidden ? std::vector<std::string>{"getppid"} : std::vector<std::string>{}));
}

TEST_CASE("what the kernel does by itself in errno mode outranks any filter of the workload's own", "[runners]") {
    const auto own = answering("getppid", kErrno);
    CHECK(hidden_by(own, answering("getppid", SECCOMP_RET_KILL_PROCESS), Mode::error, HandOver::trace).empty());
}

TEST_CASE("a filter hides only calls that both it and the profile refuse", "[runners]") {
    const auto own = answering("getppid", kErrno);
    CHECK(hidden_by(own, answering("getpid", SECCOMP_RET_TRAP), Mode::log, HandOver::trace).empty());
    const bpf::Program everything{{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_TRAP}};
    CHECK(hidden_by(own, everything, Mode::log, HandOver::trace) == std::vector<std::string>{"getppid"});
}

TEST_CASE("a filter of the workload's own is read from its memory", "[runners]") {
    const auto program = answering("getppid", kErrno);
    const auto task = task_with(program);
    SECTION("by seccomp") {
        const auto own = own_filter(native_call("seccomp", {SECCOMP_SET_MODE_FILTER, 0, kHead}), task);
        REQUIRE(own);
        CHECK(own->program == program);
        CHECK_FALSE(own->listener);
    }
    SECTION("by seccomp whose unused upper half holds rubbish") {
        const auto own = own_filter(native_call("seccomp", {0xbad00000000 | SECCOMP_SET_MODE_FILTER, 0, kHead}), task);
        REQUIRE(own);
        CHECK(own->program == program);
    }
    SECTION("with a listener") {
        const auto own = own_filter(
            native_call("seccomp", {SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, kHead}), task);
        REQUIRE(own);
        CHECK(own->listener);
    }
    SECTION("by prctl") {
        const auto own = own_filter(native_call("prctl", {PR_SET_SECCOMP, SECCOMP_MODE_FILTER, kHead}), task);
        REQUIRE(own);
        CHECK(own->program == program);
    }
    SECTION("but strict mode is no filter") {
        CHECK_FALSE(own_filter(native_call("prctl", {PR_SET_SECCOMP, SECCOMP_MODE_STRICT}), task));
        CHECK_FALSE(own_filter(native_call("seccomp", {SECCOMP_SET_MODE_STRICT, 0, 0}), task));
    }
}

#if defined(__x86_64__)
TEST_CASE("a 32-bit program's filter is read by its own layout", "[runners]") {
    const auto program = answering("getppid", kErrno);
    FakeTask task;
    task.put(kHead, bytes(static_cast<std::uint32_t>(program.size()), static_cast<std::uint32_t>(kCode)))
        .put(kCode, code_of(program));
    const auto own = own_filter(tests::call("seccomp", {SECCOMP_SET_MODE_FILTER, 0, kHead}, "i386"), task);
    REQUIRE(own);
    CHECK(own->program == program);
}
#endif

TEST_CASE("a filter that cannot be read, or that the kernel would not take, is told as such", "[runners]") {
    const auto loaded = native_call("seccomp", {SECCOMP_SET_MODE_FILTER, 0, kHead});
    FakeTask task;
    SECTION("no memory") {}
    SECTION("half a head") {
        task.put(kHead, bytes(std::uint64_t{1}));
    }
    SECTION("fewer instructions than it says") {
        task.put(kHead, bytes(std::uint64_t{2}, kCode)).put(kCode, code_of({{BPF_RET | BPF_K, 0, 0, kErrno}}));
    }
    SECTION("more instructions than the kernel takes") {
        task.put(kHead, bytes(std::uint64_t{0xffff}, kCode));
    }
    SECTION("no return") {
        task.put(kHead, bytes(std::uint64_t{1}, kCode)).put(kCode, code_of({{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0}}));
    }
    const auto own = own_filter(loaded, task);
    REQUIRE(own);
    CHECK(own->program.empty());
}

TEST_CASE("the record says of a filter that it was loaded, and makes the run incomplete where it may hide something",
          "[runners]") {
    ports::Confinement confinement;
    confinement.mode = Mode::log;
    confinement.candidate = answering("getppid", SECCOMP_RET_TRAP);
    const CallPolicy policy{confinement};
    TrapRecord record;
    SECTION("nothing hidden") {
        report_own_filter({answering("getpid", kErrno), false}, policy, HandOver::trace, record);
        CHECK(record.gaps().empty());
    }
    SECTION("something hidden") {
        report_own_filter({answering("getppid", kErrno), false}, policy, HandOver::trace, record);
        CHECK(
            record.gaps() ==
            ports::Gaps{"a seccomp filter of the workload's own answers first where the profile is stricter: getppid"});
    }
    SECTION("not readable") {
        report_own_filter({}, policy, HandOver::trace, record);
        CHECK(record.gaps() ==
              ports::Gaps{"the workload loaded a seccomp filter that could not be read; it may hide refusals"});
    }
    CHECK(record.notes().size() == 1);
}

TEST_CASE("of many hidden calls the first few are named", "[runners]") {
    ports::Confinement confinement;
    confinement.mode = Mode::log;
    confinement.candidate = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_TRAP}};
    TrapRecord record;
    report_own_filter({{{BPF_RET | BPF_K, 0, 0, kErrno}}, false}, CallPolicy{confinement}, HandOver::trace, record);
    REQUIRE(record.gaps().size() == 1);
    const auto gap = record.gaps().front();
    CHECK(std::count(gap.begin(), gap.end(), ',') == 7);
    CHECK(gap.find(" more") != std::string::npos);
}

}  // namespace callgate::runners
