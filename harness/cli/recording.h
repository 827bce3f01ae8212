#pragma once

#include "harness/cli/command.h"
#include "harness/cli/runner.h"
#include "harness/cli/test_plan.h"
#include "harness/model/evidence.h"
#include "harness/model/run_result.h"
#include "harness/ports/launch.h"
#include "profiles/lock.h"

#include <cstddef>
#include <string>
#include <vector>

namespace callgate::cli {

/// How something is recorded.
struct RecordingOptions {
    std::size_t repeat = 1;
    std::size_t jobs = 1;  ///< of a plan: instances side by side
    bool quiet = false;
};

/// What was recorded, and what it was recorded from.
struct Recording {
    model::RunResult result;
    model::Evidence evidence;
    std::vector<model::InputFile> inputs;
    std::vector<std::string> scenarios;
    std::string workload;
    std::string plan;
};

/// Runs the plan, which has no profile. Where each call is slow while it is recorded, everything is run once more with
/// those permitted that were seen: what only heavy load makes is new then.
Recording record_plan(TestPlan& test, const RecordingOptions& options, const RecordingRunner& by,
                      const Invocation& invocation);

/// The same of a command.
Recording record_command_line(const std::vector<std::string>& command, const RecordingOptions& options,
                              ports::Runner& runner, const Invocation& invocation);

/// What failed, or "": a workload that fails its scenarios shows what failing takes.
std::string failure_of(const Recording& recording);

/// The lock, but for the profile's digest and what is permitted without having been seen.
profiles::Lock lock_of(const Recording& recording, const std::string& recorder);

}  // namespace callgate::cli
