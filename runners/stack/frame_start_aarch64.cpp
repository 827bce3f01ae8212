#if defined(__aarch64__)

#include "runners/stack/frame_start.h"
#include "runners/stack/task_memory.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include <algorithm>
#include <cstring>

namespace callgate::runners {

namespace {

constexpr int kLinkRegister = 30;
constexpr int kStackPointer = 31;

// DWARF for the Arm 64-bit Architecture, "DWARF register names": x0 to x30, then sp.
FrameStart start_of(const user_regs_struct& r) {
    FrameStart start{{EM_AARCH64, true}, r.pc, r.sp, {}};
    for (int i = 0; i <= kLinkRegister; ++i) start.registers.emplace_back(i, r.regs[i]);
    start.registers.emplace_back(kStackPointer, r.sp);
    return start;
}

}  // namespace

std::optional<FrameStart> start_of_stopped(pid_t tid) {
    user_regs_struct r{};
    iovec where{&r, sizeof r};
    if (::ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &where) != 0) return std::nullopt;
    if (where.iov_len != sizeof r) return std::nullopt;  // a 32-bit task
    return start_of(r);
}

std::optional<FrameStart> start_of_registers(std::span<const std::uint64_t> words) {
    constexpr std::uint64_t kIs32 = 0x10;  // PSR_MODE32_BIT, arch/arm64/include/uapi/asm/ptrace.h
    user_regs_struct r{};
    if (words.size() < sizeof r / sizeof(std::uint64_t)) return std::nullopt;
    std::memcpy(&r, words.data(), sizeof r);
    if ((r.pstate & kIs32) != 0) return std::nullopt;
    return start_of(r);
}

std::optional<FrameStart> caller_of_leaf(const FrameStart& start, const TaskMemory& /*memory*/) {
    const auto link = std::find_if(start.registers.begin(), start.registers.end(),
                                   [](const auto& entry) { return entry.first == kLinkRegister; });
    if (link == start.registers.end()) return std::nullopt;
    auto caller = start;
    caller.pc = link->second;
    return caller;
}

}  // namespace callgate::runners

#endif
