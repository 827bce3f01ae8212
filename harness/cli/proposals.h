#pragma once

#include "harness/cli/candidate.h"
#include "harness/cli/profile_options.h"
#include "harness/model/run_result.h"

#include <span>

namespace callgate::cli {

/// Adds to the run the repair of each profile that log mode found wanting. Refusals of errno mode do not count: being
/// refused, a program makes calls that it would never need.
void propose_repairs(std::span<const LoadedCandidate> candidates, model::RunResult& run);

/// The same for a run that was read from run.json, which does not hold the texts: its proposals are replaced for the
/// profiles that are, seen from the current directory, what they were in the run. The others stay, with a note.
void propose_again(const ProfileOptions& reading, model::RunResult& run);

}  // namespace callgate::cli
