#pragma once

#include "harness/core/result.h"
#include "harness/model/run_result.h"

#include <string>
#include <vector>

namespace callgate::reports {

/// A run, and where it was read, for messages.
struct ReadRun {
    std::string from;
    model::RunResult run;
};

/// The shards of one run as the run that they are together, in whatever order they come; what is no shard stays as it
/// is, alone. Cases stand where the whole run has them. It began with the first shard and took as long as the longest.
/// The texts of its proposals are not in run.json and so are empty (read_run.h).
/// The error: a shard is missing, there twice, or of another run.
core::Result<model::RunResult> merge_shards(std::vector<ReadRun> shards);

}  // namespace callgate::reports
