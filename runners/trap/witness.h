#pragma once

#include "harness/model/refusal.h"
#include "runners/stack/unwinder.h"

#include <sys/types.h>

namespace callgate::runners {

/// All that is worth knowing of a task that is stopped at a refused call: who it is, what the arguments mean, where in
/// which module the call stands, and who called that. What cannot be read (a task that is being killed) stays empty.
/// On the thread that has stopped the task and uses the unwinder.
model::Refusal bear_witness(pid_t tid, const model::Call& call, Unwinder& unwinder);

}  // namespace callgate::runners
