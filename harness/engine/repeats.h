#pragma once

#include "harness/model/run_result.h"

#include <vector>

namespace callgate::engine {

/// The same case, run several times, as one: the worst outcome, every reason with how often it was given, every refusal
/// with its whole count and the number of runs that saw it; steps, output and the rest of the worst run. Pure.
/// `runs` is not empty.
model::CaseResult merge_repeats(std::vector<model::CaseResult> runs);

}  // namespace callgate::engine
