#pragma once

#include "harness/model/refusal.h"

#include <sys/types.h>

namespace callgate::runners {

/// All that is worth knowing of a task that is stopped at a refused call: who it is, what the arguments mean, where in
/// which module the call stands. What cannot be read (a task that is being killed) stays empty.
model::Refusal bear_witness(pid_t tid, const model::Call& call);

}  // namespace callgate::runners
