#pragma once

#include "harness/model/call.h"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <unordered_map>

namespace callgate::runners {

/// Tells apart who calls a function that makes a system call, as libc's wrappers do, without a stack each time: where
/// in the frame the return address stands is learnt from the first stack at a place, and later it is one word to read.
/// The tracer thread's own.
class Callers {
public:
    /// The return address of the function that makes the call, 0 where it is not known. Of a task at a seccomp stop.
    [[nodiscard]] std::uint64_t of(pid_t tid, const model::Call& call, std::uint64_t stack_pointer) const;

    /// What a whole stack says of it. Gives what of() will answer for the same call from now on.
    std::uint64_t learn(pid_t tid, const model::Call& call, std::uint64_t stack_pointer,
                        std::optional<std::uint64_t> caller);

private:
    static constexpr int kNowhere = -1;
    std::unordered_map<std::uint64_t, int> words_;  ///< by instruction pointer: above the stack pointer, or kNowhere
};

}  // namespace callgate::runners
