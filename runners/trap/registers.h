#pragma once

#include "harness/model/call.h"
#include "runners/trap/ptrace_request.h"

#include <sys/types.h>

#include <cstdint>

namespace callgate::runners {

/// Access to the registers of a task that is stopped under ptrace, for its tracer thread. One file per processor
/// architecture implements this.

/// At a seccomp stop: the call does not happen and returns `result` (minus errno, or 0).
/// The kernel skips a call whose number the tracer made -1 (seccomp(2), SECCOMP_RET_TRACE).
[[nodiscard]] Asked skip_call(pid_t tid, std::int64_t result);

/// True where rewind_call() works for calls like this one.
bool can_rewind(const model::Call& call);

/// At a seccomp stop: the call does not happen, and the task stands before the instruction that makes it.
[[nodiscard]] Asked rewind_call(pid_t tid, const model::Call& call);

/// At any stop: the system call that the task made last, for those that the kernel itself refused by a signal.
/// `audit_arch` and the instruction pointer are filled in by the caller.
[[nodiscard]] Asked read_last_call(pid_t tid, model::Call& call);

/// At a signal or group stop: what the interrupted call returned, with the kernel's own ERESTART… codes.
[[nodiscard]] Asked read_result(pid_t tid, std::int64_t& result);

/// Changes the first argument of the call that the task is in. `audit_arch` is the call's.
[[nodiscard]] Asked write_first_argument(pid_t tid, std::uint32_t audit_arch, std::uint64_t value);

/// True where mark_call() works for calls like this one.
bool can_mark(const model::Call& call);

/// At a seccomp stop: leaves `mark` where the kernel takes the number from when it enters an interrupted call again,
/// and where no program leaves anything: a stop that shows the mark is the kernel's doing, any other the program's.
[[nodiscard]] Asked mark_call(pid_t tid, const model::Call& call, std::uint32_t mark);
/// At a seccomp stop.
[[nodiscard]] Asked is_marked(pid_t tid, std::uint32_t mark, bool& marked);

}  // namespace callgate::runners
