#pragma once

#include "harness/bpf/program.h"
#include "harness/core/result.h"
#include "harness/model/mode.h"

#include <cstdint>
#include <vector>

namespace callgate::bpf {

/// What a filter returns to hand a call to callgate: to its tracer, or to its listener (seccomp(2), "Filters").
enum class HandOver { trace, notify };

/// A filter whose returns that callgate wants to see became SECCOMP_RET_TRACE or SECCOMP_RET_USER_NOTIF with an index
/// into `originals`. Length and jumps are those of the candidate: the kernel itself goes on deciding.
struct Instrumented {
    Program program;
    std::vector<std::uint32_t> originals;  ///< the SECCOMP_RET value that each index stands for
};

/// Rewrites the returns for which model::decide(mode, action) is not native.
/// Fails on `return A` (a value computed at run time), and in log mode on a division by X (by zero it kills without a
/// return): such a filter can only be run in enforce mode.
core::Result<Instrumented> instrument(const Program& program, model::Mode mode, HandOver how = HandOver::trace);

/// The SECCOMP_RET value that hands a call over, without data.
std::uint32_t return_value(HandOver how);

}  // namespace callgate::bpf
