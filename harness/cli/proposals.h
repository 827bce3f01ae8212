#pragma once

#include "harness/cli/candidate.h"
#include "harness/model/run_result.h"

#include <span>

namespace callgate::cli {

/// Adds to the run the repair of each profile that log mode found wanting. Refusals of errno mode do not count: being
/// refused, a program makes calls that it would never need.
void propose_repairs(std::span<const LoadedCandidate> candidates, model::RunResult& run);

}  // namespace callgate::cli
