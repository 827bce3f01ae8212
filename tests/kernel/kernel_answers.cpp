#include "tests/kernel/kernel_answers.h"

#include "harness/model/arch.h"

#include <catch2/catch.hpp>

#include <linux/audit.h>
#include <linux/bpf_common.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <memory>

namespace callgate::test {

namespace {

constexpr int kInstallFailed = 9;
constexpr int kDone = 1;

#ifdef __x86_64__
/// A call of i386 from a 64-bit process: the arguments are the lower halves (arch/x86/entry/entry_64_compat.S).
long call_i386(std::int32_t nr, const std::array<std::uint64_t, 6>& args) {
    long result = nr;
    // rbp carries the sixth argument, and the compiler may need it: it is saved by hand, below the red zone.
    asm volatile(
        "lea -128(%%rsp), %%rsp\n\t"
        "push %%rbp\n\t"
        "mov %[sixth], %%rbp\n\t"
        "int $0x80\n\t"
        "pop %%rbp\n\t"
        "lea 128(%%rsp), %%rsp"
        : "+a"(result)
        : "b"(args[0]), "c"(args[1]), "d"(args[2]), "S"(args[3]), "D"(args[4]), [sixth] "r"(args[5])
        : "memory", "r8", "r9", "r10", "r11");
    return static_cast<std::int32_t>(result);
}
#endif

int answer_to(const model::Call& call) {
    const auto& a = call.args;
#ifdef __x86_64__
    if (call.audit_arch == AUDIT_ARCH_I386) {
        const long result = call_i386(call.nr, a);
        return result < 0 ? static_cast<int>(-result) : -1;
    }
#endif
    const long result = ::syscall(call.nr, a[0], a[1], a[2], a[3], a[4], a[5]);
    return result == -1 ? errno : -1;
}

/// In the child. The filter answers every call, so it ends without one.
[[noreturn]] void make_calls(const bpf::Program& program, const std::vector<model::Call>& calls, int* answers) {
    std::vector<sock_filter> code;
    for (const auto& i : program) code.push_back({i.code, i.jump_true, i.jump_false, i.k});
    const sock_fprog filter{static_cast<unsigned short>(code.size()), code.data()};
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) ::_exit(kInstallFailed);
    if (::signal(SIGILL, SIG_DFL) == SIG_ERR) ::_exit(kInstallFailed);
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ::_exit(kInstallFailed);
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) ::_exit(kInstallFailed);
    for (std::size_t i = 0; i < calls.size(); ++i) answers[i] = answer_to(calls[i]);
    answers[calls.size()] = kDone;
    __builtin_trap();
}

}  // namespace

NumberedFilter numbered(const bpf::Program& program) {
    NumberedFilter filter{program, {}};
    for (auto& instruction : filter.program) {
        if (BPF_CLASS(instruction.code) != BPF_RET) continue;
        REQUIRE(BPF_RVAL(instruction.code) == BPF_K);
        const auto next = static_cast<int>(filter.errno_of.size()) + 1;
        const auto number = filter.errno_of.try_emplace(instruction.k, next).first->second;
        REQUIRE(number < 4095);
        instruction.k = SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(number);
    }
    return filter;
}

std::optional<std::vector<int>> kernel_answers(const bpf::Program& program, const std::vector<model::Call>& calls) {
    const std::size_t size = (calls.size() + 1) * sizeof(int);
    void* const shared = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(shared != MAP_FAILED);
    const auto unmap = [size](void* memory) { ::munmap(memory, size); };
    const std::unique_ptr<void, decltype(unmap)> mapped{shared, unmap};
    auto* const answers = static_cast<int*>(shared);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) make_calls(program, calls, answers);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == kInstallFailed) return std::nullopt;
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(answers[calls.size()] == kDone);
    return std::vector<int>{answers, answers + calls.size()};
}

bool passes_by_filters(const model::Call& call) {
    constexpr std::int32_t kUretprobe = 335;
    constexpr std::int32_t kUprobe = 336;
    return call.audit_arch == AUDIT_ARCH_X86_64 && (call.nr == kUretprobe || call.nr == kUprobe);
}

bool kernel_takes(std::uint32_t audit_arch) {
    if (audit_arch == model::native_arch().token) return true;
#ifdef __x86_64__
    if (audit_arch != AUDIT_ARCH_I386) return false;
    static const bool kTaken = [] {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        constexpr std::int32_t kGetpid = 20;
        if (child == 0) {
            // Where the kernel has no calls of i386, int 0x80 is a general protection fault.
            if (::signal(SIGSEGV, SIG_DFL) == SIG_ERR) ::_exit(1);
            ::_exit(call_i386(kGetpid, {}) == ::getpid() ? 0 : 1);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        return status == 0;
    }();
    return kTaken;
#else
    return false;
#endif
}

}  // namespace callgate::test
