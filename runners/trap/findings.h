#pragma once

#include "harness/model/call.h"
#include "runners/stack/unwinder.h"
#include "runners/trap/call_policy.h"
#include "runners/trap/callers.h"
#include "runners/trap/trap_record.h"

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace callgate::runners {

/// Turns refused calls of stopped tasks into findings: one per place in the code and caller, with everything worth
/// knowing of the first, and a count. The tracer thread's own.
class Findings {
public:
    explicit Findings(TrapRecord& record) : record_{record} {}

    /// The finding's index when this is its first. `stack_pointer` tells the callers of a wrapper apart; 0 where the
    /// task is not at its call any more.
    std::optional<std::size_t> note(pid_t tid, const model::Call& call, const Verdict& verdict,
                                    std::uint64_t stack_pointer = 0);

    /// The process is gone, or another program by execve.
    void forget(pid_t pid) { unwinder_.forget(pid); }

    [[nodiscard]] UnwindCost cost() const { return unwinder_.cost(); }

private:
    TrapRecord& record_;
    Callers callers_;
    Unwinder unwinder_;
};

}  // namespace callgate::runners
