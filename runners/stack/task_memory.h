#pragma once

#include "runners/stack/frame_start.h"
#include "runners/stack/modules.h"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace callgate::runners {

/// A task's registers and a piece of its stack, as both were at one moment.
struct StackCopy {
    FrameStart start;
    std::uint64_t begin = 0;  ///< the address of the first byte
    std::vector<std::uint8_t> bytes;
};

/// What unwinding reads of a task's memory.
class TaskMemory {
public:
    /// As it is when it is asked for, of a task that the calling thread may trace; where the kernel offers no
    /// process_vm_readv(2), one that it has stopped.
    explicit TaskMemory(pid_t tid) : tid_{tid} {}
    /// What was copied, and code as its files have it; both must outlive this.
    TaskMemory(const StackCopy& copy, const LoadedModules& loaded) : copy_{&copy}, loaded_{&loaded} {}

    /// The `size` bytes (at most 8) at an address, as a number; none when they cannot be read.
    [[nodiscard]] std::optional<std::uint64_t> word(std::uint64_t address, std::size_t size) const;

private:
    pid_t tid_ = 0;
    const StackCopy* copy_ = nullptr;
    const LoadedModules* loaded_ = nullptr;
};

}  // namespace callgate::runners
