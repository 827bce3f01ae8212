#include "scenarios/http/latency.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace callgate::scenarios::http {

void LatencyHistogram::add(std::chrono::nanoseconds latency) {
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(latency).count();
    ++buckets_[bucket_of(static_cast<std::uint64_t>(std::max<std::int64_t>(microseconds, 0)))];
    ++count_;
}

double LatencyHistogram::percentile_ms(double percent) const {
    if (count_ == 0) return 0;
    const auto wanted = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(std::ceil(static_cast<double>(count_) * percent / 100.0)));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
        seen += buckets_[bucket];
        if (seen >= wanted) return static_cast<double>(upper_bound(bucket)) / 1000.0;
    }
    return 0;
}

std::vector<model::LatencyBucket> LatencyHistogram::compact() const {
    constexpr std::size_t kTogether = kSteps / 8;
    std::vector<model::LatencyBucket> all;
    for (std::size_t first = 0; first < buckets_.size(); first += kTogether) {
        const auto* begin = buckets_.data() + first;
        const auto count = std::accumulate(begin, begin + kTogether, std::uint64_t{0});
        if (count == 0) continue;
        all.push_back({static_cast<double>(upper_bound(first + kTogether - 1)) / 1000.0, count});
    }
    return all;
}

std::size_t LatencyHistogram::bucket_of(std::uint64_t microseconds) {
    // Values below kSteps have a bucket each; above, the leading kStepBits + 1 bits choose the bucket.
    if (microseconds < kSteps) return static_cast<std::size_t>(microseconds);
    const auto power = static_cast<unsigned>(std::bit_width(microseconds)) - kStepBits - 1;
    const auto step = static_cast<std::size_t>(microseconds >> power) - kSteps;
    return std::min((power + 1) * kSteps + step, kPowers * kSteps - 1);
}

std::uint64_t LatencyHistogram::upper_bound(std::size_t bucket) {
    if (bucket < kSteps) return bucket;
    const auto power = bucket / kSteps - 1;
    return ((kSteps + bucket % kSteps + 1) << power) - 1;
}

}  // namespace callgate::scenarios::http
