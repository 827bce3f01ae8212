#pragma once

#include "harness/cli/test_plan.h"
#include "harness/core/result.h"
#include "harness/model/run_result.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace callgate::cli {

/// Which part of a run is wanted.
struct ShardChoice {
    std::size_t index = 1;  ///< from 1
    std::size_t total = 1;
    std::string from;  ///< what said so: "--shard", or the names of two variables
};

/// The value of --shard: "2/4", or "auto" for what the CI system says in `environment`. The error says what to do.
core::Result<ShardChoice> choose_shard(const std::string& wanted,
                                       const std::map<std::string, std::string>& environment);

/// For each weight a number below `total`: the heaviest goes first, each to where the sum is the smallest so far. Among
/// equals the order decides, so that the same weights are always shared out in the same way.
std::vector<std::size_t> share_out(const std::vector<std::uint64_t>& weights, std::size_t total);

/// Leaves in the plans what this shard runs, and says in `shard` of each what the others run. An instance of the
/// workload in its suite is never split. Its weight is the time that its cases took in `earlier`, or, where that does
/// not know them, their number. `options` is what else the shards of a run must have in common.
void keep_shard(std::vector<TestPlan>& tests, const ShardChoice& choice, const model::RunResult* earlier,
                const std::string& options);

}  // namespace callgate::cli
