#pragma once

#include "harness/core/result.h"
#include "harness/model/run_result.h"

#include <cstdint>
#include <vector>

namespace callgate::ports {

/// What a workload is made short of.
struct Shortage {
    enum class Kind {
        memory,       ///< bytes that it may take besides what it has; beyond them the kernel reclaims, then kills
        slow_memory,  ///< the same, but the kernel slows it down instead
        files,        ///< RLIMIT_NOFILE of every process
        processes,    ///< processes and threads
        niceness,     ///< added to the nice value of every thread
    };
    Kind kind = Kind::memory;
    std::uint64_t amount = 0;
    bool left = false;  ///< of `files` and `processes`: so many besides those there are now
};

/// As long as it lives the workload is short of something, whatever it starts meanwhile too. One thread.
class Squeeze {
public:
    virtual ~Squeeze() = default;

    /// Ends the shortage; an error says what could not be put back. The destructor does it where nobody has.
    virtual core::Status lift() = 0;

    /// What the workload has felt of it so far: "limit_hits", "oom_kills".
    [[nodiscard]] virtual std::vector<model::Metric> felt() const { return {}; }
};

}  // namespace callgate::ports
