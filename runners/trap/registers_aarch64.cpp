#if defined(__aarch64__)

#include "runners/trap/registers.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

namespace callgate::runners {

namespace {

#ifndef NT_ARM_SYSTEM_CALL
constexpr int NT_ARM_SYSTEM_CALL = 0x404;  // linux/elf.h
#endif

bool read_registers(pid_t tid, user_regs_struct& regs) {
    iovec where{&regs, sizeof regs};
    return ::ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &where) == 0;
}

}  // namespace

bool skip_call(pid_t tid, long result) {
    user_regs_struct regs{};
    if (!read_registers(tid, regs)) return false;
    // x0 is both the first argument and the result; the number has a register set of its own.
    regs.regs[0] = static_cast<unsigned long long>(result);
    iovec where{&regs, sizeof regs};
    if (::ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &where) != 0) return false;
    int number = -1;
    iovec number_at{&number, sizeof number};
    return ::ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &number_at) == 0;
}

bool read_last_call(pid_t tid, model::Call& call) {
    user_regs_struct regs{};
    if (!read_registers(tid, regs)) return false;
    call.nr = static_cast<std::int32_t>(regs.regs[8]);
    for (std::size_t i = 0; i < call.args.size(); ++i) call.args[i] = regs.regs[i];
    return true;
}

}  // namespace callgate::runners

#endif
