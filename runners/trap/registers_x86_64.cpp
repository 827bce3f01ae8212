#if defined(__x86_64__)

#include "runners/trap/registers.h"

#include <linux/audit.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#include <cstddef>

namespace callgate::runners {

namespace {

constexpr std::uint16_t kCompatCodeSegment = 0x23;  // __USER32_CS, arch/x86/include/asm/segment.h
constexpr std::uint64_t kVsyscallPage = 0xFFFFFFFFFF600000;
constexpr unsigned kHalf = 32;

Asked peek(pid_t tid, std::size_t offset, std::uint64_t& value) {
    return ptrace_request(PTRACE_PEEKUSER, tid, offset, &value);
}

Asked poke(pid_t tid, std::size_t offset, std::uint64_t value) {
    return ptrace_request(PTRACE_POKEUSER, tid, offset, static_cast<std::uintptr_t>(value));
}

}  // namespace

Asked skip_call(pid_t tid, std::int64_t result) {
    const auto skipped = poke(tid, offsetof(user_regs_struct, orig_rax), ~0ULL);
    if (skipped != Asked::done) return skipped;
    return poke(tid, offsetof(user_regs_struct, rax), static_cast<std::uint64_t>(result));
}

// The kernel kills whose registers were changed in a vsyscall (arch/x86/entry/vsyscall/vsyscall_64.c).
bool can_rewind(const model::Call& call) {
    return call.instruction_pointer < kVsyscallPage;
}

Asked rewind_call(pid_t tid, const model::Call& call) {
    constexpr std::uint64_t kInstruction = 2;  // bytes of `syscall`, `sysenter` and `int 0x80` alike
    const auto skipped = skip_call(tid, call.nr);
    if (skipped != Asked::done) return skipped;
    return poke(tid, offsetof(user_regs_struct, rip), call.instruction_pointer - kInstruction);
}

Asked read_last_call(pid_t tid, model::Call& call) {
    user_regs_struct regs{};
    const auto asked = ptrace_request(PTRACE_GETREGS, tid, 0, &regs);
    if (asked != Asked::done) return asked;
    call.nr = static_cast<std::int32_t>(regs.orig_rax);
    if (regs.cs == kCompatCodeSegment) {
        call.args = {regs.rbx, regs.rcx, regs.rdx, regs.rsi, regs.rdi, regs.rbp};
        for (auto& argument : call.args) argument &= 0xFFFFFFFFU;
    } else {
        call.args = {regs.rdi, regs.rsi, regs.rdx, regs.r10, regs.r8, regs.r9};
    }
    return Asked::done;
}

Asked read_result(pid_t tid, std::int64_t& result) {
    std::uint64_t rax = 0;
    const auto asked = peek(tid, offsetof(user_regs_struct, rax), rax);
    result = static_cast<std::int64_t>(rax);
    return asked;
}

Asked write_first_argument(pid_t tid, std::uint32_t audit_arch, std::uint64_t value) {
    const bool compat = audit_arch == AUDIT_ARCH_I386;
    return poke(tid, compat ? offsetof(user_regs_struct, rbx) : offsetof(user_regs_struct, rdi), value);
}

// The number of a call is the low half of rax; the entry code keeps all of it as orig_rax, and a restart puts that back
// into rax before the instruction is executed again (arch/x86/entry/entry_64.S, arch/x86/kernel/signal.c). A program
// that loads the number clears the upper half. 32-bit entries keep no upper half; and a vsyscall, which never sleeps,
// is left alone as above.
bool can_mark(const model::Call& call) {
    return call.audit_arch == AUDIT_ARCH_X86_64 && call.instruction_pointer < kVsyscallPage;
}

Asked mark_call(pid_t tid, const model::Call& call, std::uint32_t mark) {
    const auto number = static_cast<std::uint32_t>(call.nr);
    return poke(tid, offsetof(user_regs_struct, orig_rax), std::uint64_t{mark} << kHalf | number);
}

Asked is_marked(pid_t tid, std::uint32_t mark, bool& marked) {
    std::uint64_t number = 0;
    const auto asked = peek(tid, offsetof(user_regs_struct, orig_rax), number);
    marked = asked == Asked::done && number >> kHalf == mark;
    return asked;
}

}  // namespace callgate::runners

#endif
