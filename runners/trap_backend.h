#pragma once

#include "harness/core/result.h"
#include "harness/ports/launch.h"

#include <sys/types.h>

#include <memory>
#include <span>
#include <string_view>

namespace callgate::runners {

/// Watches one process tree for refusals. Made before the workload's first process loads its filter.
/// Safe from any thread.
class Trap {
public:
    virtual ~Trap() = default;

    /// Takes hold of `leader`, which is waiting and has not yet loaded the filter; children follow by themselves.
    virtual core::Status attach(pid_t leader) = 0;

    virtual void set_phase(int phase) = 0;
    [[nodiscard]] virtual std::vector<model::Refusal> refusals() const = 0;
    [[nodiscard]] virtual std::uint64_t refused() const = 0;

    /// Returns when nothing is left to watch; then refusals() is final. Call it after the tree is gone.
    virtual void join() = 0;

    /// What it could not see; complete after join().
    [[nodiscard]] virtual ports::Gaps gaps() const = 0;
};

/// A way of seeing refusals.
struct TrapBackend {
    std::string_view name;
    std::string_view summary;
    /// Tries the backend on a child of its own, from filter to stop; the error carries the remedy.
    core::Status (*probe)();
    std::unique_ptr<Trap> (*make)(const ports::Confinement& confinement);
};

/// All of trap_backends.inc, in its order; the first is the default.
std::span<const TrapBackend* const> trap_backends();

}  // namespace callgate::runners
