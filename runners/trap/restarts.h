#pragma once

#include "harness/model/call.h"

#include <cstdint>
#include <vector>

namespace callgate::runners {

/// What a call returns inside the kernel that is to be entered again as restart_syscall (include/linux/errno.h).
constexpr std::int64_t kRestartBlock = -516;

/// True for what an interrupted call returns inside the kernel; no program sees it.
bool is_restart_code(std::int64_t result);

/// Folds the kernel's restarts of one task into the call that was made: a call that is let through and interrupted by a
/// signal returns ERESTART… (include/linux/errno.h) and is entered again by itself, through the filter. For calls that
/// cannot be marked (registers.h); a program's own retry, with the very same arguments after a handler without
/// SA_RESTART, is taken for the kernel's.
class Restarts {
public:
    /// `call` was let through; `stack_pointer` as at its stop.
    void entered(const model::Call& call, std::uint64_t stack_pointer);

    /// The call that entered() named returned `result`.
    void returned(std::int64_t result);

    /// True while an interrupted call may be entered again.
    [[nodiscard]] bool pending() const { return !pending_.empty(); }

    /// A signal is being delivered; `caught`: to a handler.
    void interrupted(bool caught);

    /// True when this stop is the kernel entering an interrupted call again, which is no new call.
    [[nodiscard]] bool is_restart(const model::Call& call, std::uint64_t stack_pointer);

private:
    struct Interrupted {
        model::Call call;
        std::uint64_t stack_pointer = 0;
        std::int64_t how = 0;
    };
    Interrupted current_;
    std::vector<Interrupted> pending_;  ///< innermost last: a handler's own calls may be interrupted too
};

}  // namespace callgate::runners
