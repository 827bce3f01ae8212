#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace callgate::runners {

/// The `size` bytes (at most 8) at an address of a task's memory, as a number; none when they cannot be read. For a
/// task that the calling thread may trace; where the kernel offers no process_vm_readv(2), one that it has stopped.
std::optional<std::uint64_t> read_word(pid_t tid, std::uint64_t address, std::size_t size);

}  // namespace callgate::runners
