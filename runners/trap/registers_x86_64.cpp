#if defined(__x86_64__)

#include "runners/trap/registers.h"

#include <sys/ptrace.h>
#include <sys/user.h>

namespace callgate::runners {

bool skip_call(pid_t tid, long result) {
    user_regs_struct regs{};
    if (::ptrace(PTRACE_GETREGS, tid, nullptr, &regs) != 0) return false;
    regs.orig_rax = ~0ULL;
    regs.rax = static_cast<unsigned long long>(result);
    return ::ptrace(PTRACE_SETREGS, tid, nullptr, &regs) == 0;
}

bool read_last_call(pid_t tid, model::Call& call) {
    user_regs_struct regs{};
    if (::ptrace(PTRACE_GETREGS, tid, nullptr, &regs) != 0) return false;
    call.nr = static_cast<std::int32_t>(regs.orig_rax);
    constexpr std::uint16_t kCompatCodeSegment = 0x23;  // __USER32_CS, arch/x86/include/asm/segment.h
    if (regs.cs == kCompatCodeSegment) {
        call.args = {regs.rbx, regs.rcx, regs.rdx, regs.rsi, regs.rdi, regs.rbp};
        for (auto& argument : call.args) argument &= 0xFFFFFFFFU;
    } else {
        call.args = {regs.rdi, regs.rsi, regs.rdx, regs.r10, regs.r8, regs.r9};
    }
    return true;
}

}  // namespace callgate::runners

#endif
