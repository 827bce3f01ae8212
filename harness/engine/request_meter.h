#pragma once

#include "harness/core/clock.h"

#include <cstdint>
#include <mutex>
#include <optional>

namespace callgate::engine {

/// How many requests a second are made of a workload, for the progress. Safe from any thread.
class RequestMeter {
public:
    /// One more was made at `now`. From time to time the rate since it was told last, in requests per second.
    std::optional<double> count(core::SteadyTime now);

private:
    std::mutex mutex_;
    std::uint64_t count_ = 0;
    core::SteadyTime since_;
    core::SteadyTime last_;
};

}  // namespace callgate::engine
