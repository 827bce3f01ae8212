#pragma once

#include "harness/model/refusal.h"

#include <sys/types.h>

namespace callgate::runners {

/// What is worth knowing of a task that stands at a refused call: who it is and what the arguments mean; its stack is
/// the trap's to add. What cannot be read (a task that is being killed) stays empty. Any thread.
model::Refusal bear_witness(pid_t tid, const model::Call& call);

}  // namespace callgate::runners
