#include "runners/trap/abis.h"
#include "runners/trap/call_policy.h"
#include "small_filter.h"

#include <catch2/catch.hpp>

#include <cerrno>

namespace callgate::runners {

namespace {

using Kind = model::Decision::Kind;
using model::Mode;
using tests::answering;
using tests::native_call;

constexpr std::uint32_t kErrno = SECCOMP_RET_ERRNO | 95;

CallPolicy policy(Mode mode, bpf::Program candidate, std::vector<std::string> never_let_through = {}) {
    ports::Confinement confinement;
    confinement.mode = mode;
    confinement.candidate = std::move(candidate);
    confinement.never_let_through = std::move(never_let_through);
    return CallPolicy{confinement};
}

bool same(const model::Decision& decision, Kind kind, int error = 0) {
    return decision == model::Decision{kind, error};
}

}  // namespace

TEST_CASE("a refused call is let through in log mode, and refused in errno mode", "[runners]") {
    const auto call = native_call("getppid");
    CHECK(same(policy(Mode::log, answering("getppid", kErrno)).judge(call).decision, Kind::let_through));
    CHECK(same(policy(Mode::error, answering("getppid", kErrno)).judge(call).decision, Kind::refuse, 95));
    CHECK(same(policy(Mode::log, answering("getpid", kErrno)).judge(call).decision, Kind::native));
}

TEST_CASE("a call that harms the host is refused in log mode, if the profile refuses it", "[runners]") {
    const auto call = native_call("reboot");
    const std::vector<std::string> harmful{"swapoff", "reboot"};
    CHECK(same(policy(Mode::log, answering("reboot", kErrno), harmful).judge(call).decision, Kind::refuse, 95));
    CHECK(same(policy(Mode::log, answering("reboot", SECCOMP_RET_KILL_PROCESS), harmful).judge(call).decision,
               Kind::refuse, EPERM));
    CHECK(same(policy(Mode::log, answering("reboot", kErrno)).judge(call).decision, Kind::let_through));
    CHECK(same(policy(Mode::log, answering("getppid", kErrno), harmful).judge(call).decision, Kind::native));
    CHECK(same(policy(Mode::error, answering("reboot", kErrno), harmful).judge(call).decision, Kind::refuse, 95));
}

TEST_CASE("it is so by every ABI of the machine", "[runners]") {
    const bpf::Program everything{{BPF_RET | BPF_K, 0, 0, kErrno}};
    const auto log = policy(Mode::log, everything, {"reboot"});
    REQUIRE(numbers_of("reboot").size() > 1);
    for (const auto& [arch, nr] : numbers_of("reboot")) {
        model::Call call;
        call.audit_arch = arch;
        call.nr = nr;
        CHECK(same(log.judge(call).decision, Kind::refuse, 95));
    }
}

TEST_CASE("what the kernel refuses by itself depends on the mode and on whose calls they are", "[runners]") {
    struct Row {
        Mode mode;
        std::uint32_t own;
        std::uint32_t foreign;
        bool natively;
        bool native_calls;
    };
    const auto row = GENERATE(values<Row>({
        {Mode::error, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ALLOW, true, true},
        {Mode::error, SECCOMP_RET_TRAP, SECCOMP_RET_ALLOW, true, true},
        {Mode::error, kErrno, SECCOMP_RET_KILL_PROCESS, true, false},
        {Mode::error, kErrno, kErrno, false, false},
        {Mode::log, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_PROCESS, false, false},
    }));
    const auto made = policy(row.mode, answering("getppid", row.own, row.foreign));
    CAPTURE(row.own, row.foreign);
    CHECK(made.refuses_natively() == row.natively);
    CHECK(made.refuses_native_calls_natively() == row.native_calls);
}

TEST_CASE("restart_syscall and execve are told from other calls", "[runners]") {
    CHECK(policy(Mode::log, answering("restart_syscall", kErrno)).refuses_restart_syscall());
    CHECK_FALSE(policy(Mode::log, answering("nanosleep", kErrno)).refuses_restart_syscall());
    CHECK(is_restart_syscall(native_call("restart_syscall")));
    CHECK_FALSE(is_restart_syscall(native_call("execve")));
    CHECK(is_execve(native_call("execve")));
    CHECK_FALSE(is_execve(native_call("execveat")));
}

}  // namespace callgate::runners
