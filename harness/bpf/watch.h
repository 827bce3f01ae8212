#pragma once

#include "harness/bpf/instrument.h"
#include "harness/bpf/program.h"
#include "harness/core/result.h"

#include <cstdint>
#include <span>

namespace callgate::bpf {

/// A call that callgate wants to see although the filter may permit it.
struct WatchedCall {
    enum class Only { always, with_bits, with_value };

    std::uint32_t audit_arch = 0;  ///< as in seccomp_data: AUDIT_ARCH_X86_64 for x32 too
    std::int32_t nr = 0;
    Only only = Only::always;  ///< looks at the low 32 bits of the first argument
    std::uint32_t value = 0;
};

/// A filter that answers like `instrumented`, but hands the watched calls over wherever it would permit or log them.
/// What it refuses by itself (kills, traps) it refuses as before. All other calls pay a few comparisons, and those that
/// the kernel knows to be permitted whatever their arguments are not even those (kernel/seccomp.c, the action cache).
/// Fails when the result would be longer than the kernel takes.
core::Result<Program> watch(const Program& instrumented, std::span<const WatchedCall> calls, HandOver how);

}  // namespace callgate::bpf
