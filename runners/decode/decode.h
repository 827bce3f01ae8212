#pragma once

#include "harness/model/call.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace callgate::runners {

/// Reads from the task that made the call; what cannot be read is shown as a raw pointer.
class TaskView {
public:
    virtual ~TaskView() = default;

    /// Up to `size` bytes at `address`; fewer when the rest is not mapped.
    [[nodiscard]] virtual std::string read(std::uint64_t address, std::size_t size) const = 0;

    /// What a file descriptor points to ("/dev/null", "socket:[123]"), or "".
    [[nodiscard]] virtual std::string descriptor(int fd) const = 0;
};

/// The call as a person writes it: `openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC)`. One line, safe for a terminal
/// (core::printable) and of bounded length: strings and descriptors to 256 bytes, argument vectors to eight strings.
/// Buffers of reads and writes, environments, option values and keys are pointers only: they may hold secrets.
/// Reads `task`, so the task must be stopped, or another thread of it may show one thing and do another.
std::string decode(const model::Call& call, const TaskView& task);

/// Bit i: argument i is a value that a filter can sensibly ask for: flags, a choice, a command, a mode, a signal. Not
/// what differs from run to run (pointers, descriptors, sizes, offsets, processes, users), and not what the call does
/// not look at. 0 for a call that is not known.
std::uint8_t filterable_arguments(const model::Call& call);

}  // namespace callgate::runners
