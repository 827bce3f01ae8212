#pragma once

#include "harness/model/run_result.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace callgate::reports {

/// How many requests fell into each doubling of the time: the column n holds latencies over 2^(n-1) and up to 2^n
/// milliseconds. Columns without a request are left out.
std::map<int, std::uint64_t> latency_columns(std::span<const model::LatencyBucket> buckets);

/// "0.25 ms ▁█▃ ▁ 4 ms": a column for each doubling of the time between the shortest and the longest latency, as high
/// as it has requests beside the fullest one; a blank has none. "" without a request.
std::string latency_picture(std::span<const model::LatencyBucket> buckets);

}  // namespace callgate::reports
