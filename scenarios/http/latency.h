#pragma once

#include "harness/model/run_result.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace callgate::scenarios::http {

/// How long requests took, in constant space: every value is known to within 1 %.
class LatencyHistogram {
public:
    void add(std::chrono::nanoseconds latency);
    [[nodiscard]] std::uint64_t count() const { return count_; }

    /// The latency that `percent` of the requests did not exceed, in milliseconds; 0 when there were none.
    [[nodiscard]] double percentile_ms(double percent) const;

    /// Everything, in buckets that are 1/8 of their value wide: small enough for a report.
    [[nodiscard]] std::vector<model::LatencyBucket> compact() const;

private:
    // 2^7 steps per power of two give a relative error below 1/128; values are whole microseconds.
    static constexpr unsigned kStepBits = 7;
    static constexpr std::size_t kSteps = std::size_t{1} << kStepBits;
    static constexpr std::size_t kPowers = 36;  ///< up to 2^42 microseconds, 50 days

    static std::size_t bucket_of(std::uint64_t microseconds);
    /// The largest value of a bucket.
    static std::uint64_t upper_bound(std::size_t bucket);

    std::array<std::uint64_t, kPowers * kSteps> buckets_{};
    std::uint64_t count_ = 0;
};

}  // namespace callgate::scenarios::http
