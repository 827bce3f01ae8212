#pragma once

#include "harness/model/action.h"
#include "harness/model/call.h"
#include "harness/model/mode.h"
#include "harness/ports/launch.h"

#include <cstdint>
#include <set>
#include <utility>

namespace callgate::runners {

/// What one mode does with one call.
struct Verdict {
    model::Action action;      ///< what the candidate answers
    model::Decision decision;  ///< what becomes of it; `native` where the candidate permits it or refuses it by itself
};

/// Decides about calls as the candidate does. Immutable; any thread.
class CallPolicy {
public:
    explicit CallPolicy(const ports::Confinement& confinement);

    /// The candidate is evaluated anew for each call: what reaches a trap does not say whose filter sent it.
    [[nodiscard]] Verdict judge(const model::Call& call) const;

    [[nodiscard]] model::Mode mode() const { return confinement_.mode; }
    [[nodiscard]] const bpf::Program& candidate() const { return confinement_.candidate; }
    /// True when the candidate kills or traps by itself in this mode: the trap must look out for it. Nearly every
    /// profile does so with calls of architectures that it does not name.
    [[nodiscard]] bool refuses_natively() const;
    /// True when it may do so with calls of the native architecture.
    [[nodiscard]] bool refuses_native_calls_natively() const;

    /// True when the candidate refuses restart_syscall to native code.
    [[nodiscard]] bool refuses_restart_syscall() const;

private:
    const ports::Confinement confinement_;
    std::set<std::pair<std::uint32_t, std::int32_t>> never_let_through_;  ///< audit architecture and number
};

/// True for execve, the only call of callgate's own launch code under the filter.
bool is_execve(const model::Call& call);

/// True for restart_syscall, which the kernel enters in place of some interrupted calls (restart_syscall(2)).
bool is_restart_syscall(const model::Call& call);

}  // namespace callgate::runners
