#pragma once

#include "harness/core/clock.h"
#include "harness/ports/step.h"

namespace callgate::scenarios {

enum class Woken { deadline, cancelled, enough, workload_ended };

/// Waits until `until`, or until there is a reason not to: the user cancels, the other side of a `during` is done, the
/// workload's first process ends. A reason that is there already is given at once.
Woken wait_until(const ports::StepContext& context, core::SteadyTime until);

/// The sooner of the step's own deadline, counted from now (later where the workload is slow: ports::patient()), and
/// the one it was given.
core::SteadyTime own_deadline(const ports::StepContext& context, core::Milliseconds within);

/// The same where a step may have no bound of its own: `within` is 0 then.
core::SteadyTime deadline_within(const ports::StepContext& context, core::Milliseconds within);

/// For poll(2): milliseconds from now, rounded up, never negative.
int poll_timeout(core::SteadyTime until);

}  // namespace callgate::scenarios
