#pragma once

#include "harness/bpf/program.h"
#include "harness/core/result.h"
#include "harness/ports/launch.h"
#include "runners/launch/launch_page.h"
#include "runners/trap/trap_record.h"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace callgate::runners {

/// What a workload's first process loads with seccomp(2).
struct Filter {
    bpf::Program program;
    std::uint32_t flags = 0;  ///< SECCOMP_FILTER_FLAG_…
};

/// Watches one process tree for refusals. Made before the workload's first process loads its filter.
class Trap {
public:
    virtual ~Trap() = default;

    /// The candidate made visible to this trap.
    [[nodiscard]] virtual const Filter& filter() const = 0;

    /// Takes hold of `leader`, which waits at `page` and has not yet loaded the filter; children follow by themselves.
    /// `keeper` is callgate's end of the socket to the leader's keeper. Both outlive the trap.
    virtual core::Status attach(pid_t leader, LaunchPage& page, int keeper) = 0;

    /// Returns when nothing is left to watch; then record() is final. Call it after the tree is gone. Any thread.
    virtual void join() = 0;

    /// What was seen so far.
    [[nodiscard]] virtual TrapRecord& record() = 0;
};

/// A way of seeing refusals.
struct TrapBackend {
    std::string_view name;
    std::string_view summary;
    /// What it cannot do, each as the end of "it …".
    std::span<const std::string_view> limits;
    /// True when the workload cannot trace processes by itself under it.
    bool keeps_from_tracing = false;
    /// True when it sees refusals that the kernel carries out by a kill or a signal.
    bool sees_native_refusals = false;
    /// Tries the backend on a child of its own, from filter to stop; the error carries the remedy.
    core::Status (*probe)();
    /// Fails where the candidate cannot be watched in that mode; the error says in which it can.
    core::Result<std::unique_ptr<Trap>> (*make)(const ports::Confinement& confinement);
};

/// All of trap_backends.inc, in its order; the first is the default.
std::span<const TrapBackend* const> trap_backends();

}  // namespace callgate::runners
