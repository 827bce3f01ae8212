#if defined(__aarch64__)

#include "runners/trap/registers.h"

#include <elf.h>
#include <linux/audit.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

namespace callgate::runners {

namespace {

#ifndef NT_ARM_SYSTEM_CALL
constexpr int NT_ARM_SYSTEM_CALL = 0x404;  // linux/elf.h
#endif

template <typename Registers>
Asked read_set(pid_t tid, int set, Registers& registers) {
    iovec where{&registers, sizeof registers};
    return ptrace_request(PTRACE_GETREGSET, tid, static_cast<std::uintptr_t>(set), &where);
}

template <typename Registers>
Asked write_set(pid_t tid, int set, Registers& registers) {
    iovec where{&registers, sizeof registers};
    return ptrace_request(PTRACE_SETREGSET, tid, static_cast<std::uintptr_t>(set), &where);
}

/// x0 is both the first argument and the result.
Asked write_x0(pid_t tid, std::uint64_t value) {
    user_regs_struct regs{};
    const auto read = read_set(tid, NT_PRSTATUS, regs);
    if (read != Asked::done) return read;
    regs.regs[0] = value;
    return write_set(tid, NT_PRSTATUS, regs);
}

}  // namespace

Asked skip_call(pid_t tid, std::int64_t result) {
    const auto written = write_x0(tid, static_cast<std::uint64_t>(result));
    if (written != Asked::done) return written;
    int number = -1;  // has a register set of its own
    return write_set(tid, NT_ARM_SYSTEM_CALL, number);
}

bool can_rewind(const model::Call& /*call*/) {
    return true;
}

Asked rewind_call(pid_t tid, const model::Call& call) {
    constexpr std::uint64_t kInstruction = 4;
    const auto skipped = skip_call(tid, static_cast<std::int64_t>(call.args[0]));
    if (skipped != Asked::done) return skipped;
    user_regs_struct regs{};
    const auto read = read_set(tid, NT_PRSTATUS, regs);
    if (read != Asked::done) return read;
    regs.pc = call.instruction_pointer - kInstruction;
    return write_set(tid, NT_PRSTATUS, regs);
}

Asked read_last_call(pid_t tid, model::Call& call) {
    user_regs_struct regs{};
    const auto read = read_set(tid, NT_PRSTATUS, regs);
    if (read != Asked::done) return read;
    call.nr = static_cast<std::int32_t>(regs.regs[8]);
    for (std::size_t i = 0; i < call.args.size(); ++i) call.args[i] = regs.regs[i];
    return Asked::done;
}

Asked read_result(pid_t tid, std::int64_t& result) {
    user_regs_struct regs{};
    const auto read = read_set(tid, NT_PRSTATUS, regs);
    result = static_cast<std::int64_t>(regs.regs[0]);
    return read;
}

Asked write_first_argument(pid_t tid, std::uint32_t /*audit_arch*/, std::uint64_t value) {
    return write_x0(tid, value);
}

// A restart takes the number from x8, which the program sees (arch/arm64/kernel/signal.c): nowhere to leave a mark.
bool can_mark(const model::Call& /*call*/) {
    return false;
}

Asked mark_call(pid_t /*tid*/, const model::Call& /*call*/, std::uint32_t /*mark*/) {
    return Asked::failed;
}

Asked is_marked(pid_t /*tid*/, std::uint32_t /*mark*/, bool& marked) {
    marked = false;
    return Asked::done;
}

}  // namespace callgate::runners

#endif
