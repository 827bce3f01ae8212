#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace callgate::runners {

class TaskMemory;

/// What a process runs on, as its ELF files say it.
struct Machine {
    std::uint16_t number = 0;  ///< EM_X86_64…, 0 when unknown
    bool wide = true;          ///< 64-bit words

    bool operator==(const Machine&) const = default;
};

/// Where unwinding starts: what is known of a task's registers.
struct FrameStart {
    Machine machine;
    std::uint64_t pc = 0;
    std::uint64_t sp = 0;
    /// Number (that of DWARF on this machine) and value; the stack pointer is one of them, the program counter is not.
    std::vector<std::pair<int, std::uint64_t>> registers;
};

/// Of a task that the calling thread has stopped under ptrace; none when it is being killed, or runs on a machine whose
/// registers are not known here. One file per processor architecture implements it.
std::optional<FrameStart> start_of_stopped(pid_t tid);

/// By the registers of a call as the kernel keeps them: struct pt_regs of x86, struct user_pt_regs of arm64, word by
/// word. None when they are too few, or not known here. One file per processor architecture implements it.
std::optional<FrameStart> start_of_registers(std::span<const std::uint64_t> words);

/// The caller, as if the function at `start` had set up no frame yet: a system call instruction in code that no table
/// describes mostly stands in such a function. None when nothing speaks for it. One file per processor architecture.
std::optional<FrameStart> caller_of_leaf(const FrameStart& start, const TaskMemory& memory);

/// With no registers at all but these two: enough to step out of functions that keep their frame by the stack pointer.
FrameStart start_at(Machine machine, std::uint64_t pc, std::uint64_t sp);

/// By the header of the task's program; number 0 when it cannot be read.
Machine machine_of(pid_t tid);

}  // namespace callgate::runners
