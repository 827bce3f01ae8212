#pragma once

#include "harness/core/cancel.h"
#include "harness/core/clock.h"

#include <sys/types.h>

#include <map>

namespace callgate::engine {

/// What a workload was doing when it was waited for.
struct Rest {
    bool reached = false;
    /// Of each process that ran, or wanted to, while it was waited for: in what part of the looks, 0 to 1. Other than
    /// processor time it does not depend on what else the host does.
    std::map<pid_t, double> busy;
};

/// Waits until no thread of any process below `root` has run for `quiet`, so that what was set going has come to its
/// end. A workload with a timer that is faster than `quiet` never rests: not reached at the deadline.
/// Says so at once when cancelled. The states are those of proc(5); a thread that a tracer holds is not at rest.
Rest wait_for_rest(pid_t root, core::Milliseconds quiet, core::SteadyTime deadline, const core::Cancel& cancel);

}  // namespace callgate::engine
