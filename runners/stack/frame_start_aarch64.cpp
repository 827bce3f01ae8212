#if defined(__aarch64__)

#include "runners/stack/frame_start.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include <algorithm>

namespace callgate::runners {

namespace {

constexpr int kLinkRegister = 30;
constexpr int kStackPointer = 31;

}  // namespace

std::optional<FrameStart> start_of_stopped(pid_t tid) {
    user_regs_struct r{};
    iovec where{&r, sizeof r};
    if (::ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &where) != 0) return std::nullopt;
    if (where.iov_len != sizeof r) return std::nullopt;  // a 32-bit task
    // DWARF for the Arm 64-bit Architecture, "DWARF register names": x0 to x30, then sp.
    FrameStart start{{EM_AARCH64, true}, r.pc, r.sp, {}};
    for (int i = 0; i <= kLinkRegister; ++i) start.registers.emplace_back(i, r.regs[i]);
    start.registers.emplace_back(kStackPointer, r.sp);
    return start;
}

std::optional<FrameStart> caller_of_leaf(const FrameStart& start, pid_t /*tid*/) {
    const auto link = std::find_if(start.registers.begin(), start.registers.end(),
                                   [](const auto& entry) { return entry.first == kLinkRegister; });
    if (link == start.registers.end()) return std::nullopt;
    auto caller = start;
    caller.pc = link->second;
    return caller;
}

}  // namespace callgate::runners

#endif
