#pragma once

#include "harness/model/refusal.h"
#include "runners/stack/modules.h"
#include "runners/stack/task_memory.h"

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace callgate::runners {

/// Bounds of the work that stacks may cost. A bound on time is looked at between steps, so one step (reading the tables
/// of a large module for the first time) may go beyond it.
struct UnwindLimits {
    std::size_t frames = 64;                    ///< per stack
    std::chrono::milliseconds per_stack{1000};  ///< then frames lack names, or are missing
    std::chrono::milliseconds per_run{10000};   ///< then a stack is its first frame, without names
    std::size_t processes = 64;                 ///< whose modules are kept; the one not asked for longest goes
};

/// What stacks have cost so far.
struct UnwindCost {
    std::uint64_t stacks = 0;
    std::chrono::microseconds spent{0};
    std::uint64_t cut = 0;  ///< of the stacks, how many lack something because time was over
};

/// Where a task is in its code.
struct Stack {
    std::vector<model::StackFrame> frames;   ///< innermost first; empty only when the task is gone
    std::optional<std::uint64_t> caller_pc;  ///< where the second frame stands, as an address of the process
};

/// Stacks of other processes, with names from their ELF files and debug information. Nothing is asked over the network
/// (debuginfod is never used), no code of the process runs, and whatever its memory and files hold is at worst a
/// shorter stack. Belongs to one thread: that which traces the tasks, where they are traced.
class Unwinder {
public:
    explicit Unwinder(const UnwindLimits& limits = {});
    Unwinder(const Unwinder&) = delete;
    Unwinder& operator=(const Unwinder&) = delete;
    ~Unwinder();

    /// Of a task of process `pid` that the calling thread has stopped under ptrace at `ip`, which is what follows its
    /// system call instruction. Where its registers cannot be read, or are elsewhere, the stack is one frame.
    Stack of_stopped(pid_t pid, pid_t tid, std::uint64_t ip);

    /// Of a task that is blocked in a system call, by all that /proc/TID/syscall says: the first frame, and as many as
    /// can be found without the other registers.
    Stack of_blocked(pid_t pid, pid_t tid, std::uint64_t ip, std::uint64_t sp);

    /// What a live process has loaded, for of_copy(); `before` when nothing has changed since, null when it is gone.
    std::shared_ptr<const LoadedModules> loaded_by(pid_t pid, const std::shared_ptr<const LoadedModules>& before);

    /// Of a task that has run on since, or is gone: its process had loaded those modules when its stack was copied.
    Stack of_copy(const LoadedModules& loaded, const StackCopy& copy);

    /// Of a stopped task, only Stack::caller_pc: a fraction of the work, outside the limits and the cost. It takes the
    /// process's modules as they were known last, unless the task is in none of them; so forget() on execve.
    std::optional<std::uint64_t> caller_pc(pid_t pid, pid_t tid);

    /// The process is gone, or another program by execve.
    void forget(pid_t pid);

    [[nodiscard]] UnwindCost cost() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace callgate::runners
