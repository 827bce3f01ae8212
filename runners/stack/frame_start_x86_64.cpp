#if defined(__x86_64__)

#include "runners/stack/frame_start.h"
#include "runners/stack/task_memory.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace callgate::runners {

namespace {

/// What PTRACE_GETREGSET gives of a 32-bit task (user_regs_struct32, arch/x86/include/asm/user_32.h).
struct Registers32 {
    std::uint32_t ebx, ecx, edx, esi, edi, ebp, eax, ds, es, fs, gs, orig_eax, eip, cs, eflags, esp, ss;
};

FrameStart wide_start(const user_regs_struct& r) {
    // System V ABI, AMD64 supplement, figure 3.36.
    const std::array<std::uint64_t, 16> by_number{r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp,
                                                  r.r8,  r.r9,  r.r10, r.r11, r.r12, r.r13, r.r14, r.r15};
    FrameStart start{{EM_X86_64, true}, r.rip, r.rsp, {}};
    for (std::size_t i = 0; i < by_number.size(); ++i) start.registers.emplace_back(static_cast<int>(i), by_number[i]);
    return start;
}

FrameStart narrow_start(const Registers32& r) {
    // System V ABI, Intel386 supplement, figure 2.14.
    const std::array<std::uint32_t, 8> by_number{r.eax, r.ecx, r.edx, r.ebx, r.esp, r.ebp, r.esi, r.edi};
    FrameStart start{{EM_386, false}, r.eip, r.esp, {}};
    for (std::size_t i = 0; i < by_number.size(); ++i) start.registers.emplace_back(static_cast<int>(i), by_number[i]);
    return start;
}

/// True when the bytes before the address are a call: E8 rel32, or FF /2 with any operand.
bool follows_call(std::uint64_t address, const TaskMemory& memory) {
    constexpr std::uint64_t kLongest = 7;  // FF, ModRM, SIB, disp32
    const auto bytes = memory.word(address - kLongest, kLongest);
    if (!bytes) return false;
    const auto byte = [&](std::uint64_t before) { return (*bytes >> (8 * (kLongest - before))) & 0xFFU; };
    if (byte(5) == 0xE8) return true;
    for (const std::uint64_t length : {2U, 3U, 4U, 6U, 7U}) {
        if (byte(length) == 0xFF && ((byte(length - 1) >> 3U) & 7U) == 2) return true;
    }
    return false;
}

}  // namespace

std::optional<FrameStart> start_of_stopped(pid_t tid) {
    union {
        user_regs_struct wide;
        Registers32 narrow;
    } registers{};
    iovec where{&registers, sizeof registers};
    if (::ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &where) != 0) return std::nullopt;
    return where.iov_len == sizeof registers.narrow ? narrow_start(registers.narrow) : wide_start(registers.wide);
}

std::optional<FrameStart> start_of_registers(std::span<const std::uint64_t> words) {
    // user_regs_struct begins with struct pt_regs.
    constexpr std::size_t kWords = offsetof(user_regs_struct, fs_base) / sizeof(std::uint64_t);
    constexpr std::uint64_t kCode32 = 0x23;  // __USER32_CS, arch/x86/include/asm/segment.h
    if (words.size() < kWords) return std::nullopt;
    user_regs_struct r{};
    std::memcpy(&r, words.data(), kWords * sizeof(std::uint64_t));
    if (r.cs != kCode32) return wide_start(r);
    const auto low = [](std::uint64_t word) { return static_cast<std::uint32_t>(word); };
    Registers32 narrow{};
    narrow.eax = low(r.rax);
    narrow.ebx = low(r.rbx);
    narrow.ecx = low(r.rcx);
    narrow.edx = low(r.rdx);
    narrow.esi = low(r.rsi);
    narrow.edi = low(r.rdi);
    narrow.ebp = low(r.rbp);
    narrow.esp = low(r.rsp);
    narrow.eip = low(r.rip);
    return narrow_start(narrow);
}

std::optional<FrameStart> caller_of_leaf(const FrameStart& start, const TaskMemory& memory) {
    const std::size_t word = start.machine.wide ? 8 : 4;
    const auto back = memory.word(start.sp, word);
    if (!back || !follows_call(*back, memory)) return std::nullopt;
    auto caller = start;
    caller.pc = *back;
    caller.sp += word;
    for (auto& [number, value] : caller.registers) {
        if (number == (start.machine.wide ? 7 : 4)) value = caller.sp;
    }
    return caller;
}

}  // namespace callgate::runners

#endif
