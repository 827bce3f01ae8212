#pragma once

#include "harness/model/call.h"
#include "runners/trap/restarts.h"
#include "runners/trap/trap_record.h"

#include <sys/types.h>

#include <cstdint>
#include <memory>

namespace callgate::runners {

/// Where a call was made.
struct Place {
    std::uint64_t instruction_pointer = 0;
    std::uint64_t stack_pointer = 0;
    bool operator==(const Place&) const = default;
};

/// What must be remembered of one task to tell the kernel's restarts from its calls.
struct RestartMemory {
    /// What interrupted the call that the task is in, which the kernel will enter again as restart_syscall.
    enum class Interruption : std::uint8_t {
        none,
        genuine,         ///< would have come without a tracer too
        by_tracer,       ///< an ignored signal: it interrupts traced tasks only (kernel/signal.c, sig_task_ignored)
        of_let_through,  ///< whatever it was, the call was counted already
    };

    Interruption interruption = Interruption::none;
    bool signalled = false;              ///< a handler's own calls may have come between a call and its restart
    Place let_through;                   ///< of the last refused call that was let through
    std::unique_ptr<Restarts> restarts;  ///< where a call cannot be marked
};

/// Folds what the kernel enters again into the call that was made. Marks calls where the architecture has room for it
/// (registers.h, ADR 6), else asks for their returns. The tracer thread's own.
class RestartFolding {
public:
    /// `restart_syscall_is_refused`: only then interruptions are looked at. What cannot be read goes to `record`.
    RestartFolding(bool restart_syscall_is_refused, TrapRecord& record);

    /// A refused call is let through. True when returned() wants to hear of its return.
    [[nodiscard]] bool let_through(pid_t tid, RestartMemory& memory, const model::Call& call, const Place& place) const;
    static void returned(RestartMemory& memory, std::int64_t result);

    /// A signal is being delivered, or the task takes part in a group stop.
    void on_signal(pid_t tid, RestartMemory& memory, int signal) const;
    void on_group_stop(pid_t tid, RestartMemory& memory) const;

    /// True when this stop is the kernel entering an interrupted call again, which is no new call.
    [[nodiscard]] bool is_restart(pid_t tid, RestartMemory& memory, const model::Call& call, const Place& place) const;

private:
    void note(pid_t tid, RestartMemory& memory, RestartMemory::Interruption how) const;
    void mark(pid_t tid, const model::Call& call) const;
    [[nodiscard]] bool marked(pid_t tid) const;

    const std::uint32_t mark_;  ///< another one in each run, never 0
    const bool restart_syscall_is_refused_;
    TrapRecord& record_;
};

}  // namespace callgate::runners
