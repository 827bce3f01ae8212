#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace callgate::decode {

/// Reads from the task that made the call; what cannot be read is shown as a raw pointer.
class TaskView {
public:
    virtual ~TaskView() = default;

    /// Up to `size` bytes at `address`; fewer when the rest is not mapped.
    [[nodiscard]] virtual std::string read(std::uint64_t address, std::size_t size) const = 0;

    /// What a file descriptor points to ("/dev/null", "socket:[123]"), or "".
    [[nodiscard]] virtual std::string descriptor(int fd) const = 0;
};

/// Of a call that nobody made: there is nothing to read.
class NoTask final : public TaskView {
public:
    [[nodiscard]] std::string read(std::uint64_t /*address*/, std::size_t /*size*/) const override { return {}; }
    [[nodiscard]] std::string descriptor(int /*fd*/) const override { return {}; }
};

}  // namespace callgate::decode
