#pragma once

#include "harness/core/result.h"
#include "harness/model/call.h"

#include <sys/types.h>

#include <cstdint>

namespace callgate::runners {

/// Access to the registers of a task that is stopped under ptrace. `false` or none with errno set means that it failed;
/// ESRCH is normal: the task is being killed. One file per processor architecture implements this.

/// At a seccomp stop: the call does not happen and returns `result` (minus errno, or 0).
/// The kernel skips a call whose number the tracer made -1 (seccomp(2), SECCOMP_RET_TRACE).
[[nodiscard]] bool skip_call(pid_t tid, long result);

/// At any stop: the system call that the task made last, for those that the kernel itself refused by a signal.
/// `audit_arch` and the instruction pointer are filled in by the caller.
[[nodiscard]] bool read_last_call(pid_t tid, model::Call& call);

}  // namespace callgate::runners
