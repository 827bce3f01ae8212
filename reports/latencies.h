#pragma once

#include "harness/model/run_result.h"

#include <span>
#include <string>

namespace callgate::reports {

/// "0.25 ms ▁█▃ ▁ 4 ms": a column for each doubling of the time between the shortest and the longest latency, as high
/// as it has requests beside the fullest one; a blank has none. "" without a request.
std::string latency_picture(std::span<const model::LatencyBucket> buckets);

}  // namespace callgate::reports
