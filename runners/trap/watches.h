#pragma once

#include "harness/bpf/watch.h"
#include "harness/model/call.h"
#include "runners/trap/abis.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace callgate::runners {

/// Calls that a trap wants to see although the profile may permit them, because they change what it can see.
enum class Watch {
    untraced_clone,  ///< clone with CLONE_UNTRACED: the child would leave its tracer (clone(2))
    clone3,          ///< its flags stand in memory, which a filter cannot read
    load_filter,     ///< a filter of the workload's own may hide refusals (seccomp(2), "Return value" precedence)
    ptrace,          ///< a traced process has one tracer
    io_uring,        ///< operations of a ring pass no filter
};

/// Said when the workload made a ring.
constexpr std::string_view kRingNote =
    "the workload uses io_uring: what it asks of a ring passes no seccomp filter, so that no profile refuses it and "
    "callgate does not see it";

/// Some of them, by number.
class Watches {
public:
    explicit Watches(std::span<const Watch> wanted);

    [[nodiscard]] const std::vector<bpf::WatchedCall>& calls() const { return calls_; }
    [[nodiscard]] std::optional<Watch> kind_of(const model::Call& call) const;

private:
    std::vector<bpf::WatchedCall> calls_;
    std::map<CallNumber, Watch> kinds_;
};

}  // namespace callgate::runners
