#pragma once

#include "harness/core/cancel.h"
#include "harness/engine/engine.h"
#include "harness/model/run_result.h"
#include "harness/ports/launch.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace callgate::engine {

/// One command under one profile in one mode: no plan, no scenario.
struct CommandPlan {
    std::vector<std::string> command;
    std::map<std::string, std::string> environment;
    std::string directory;                       ///< where it runs; "" for the current one
    std::shared_ptr<const Candidate> candidate;  ///< null in baseline mode
    model::Mode mode = model::Mode::log;
    core::Milliseconds grace{10'000};  ///< for descendants to end after the first process
    std::vector<std::string> never_let_through;
    ports::HoldFunction hold{};                                          ///< empty: nobody is held at a refusal
    std::function<void(const InstanceRecording& recording)> recorded{};  ///< as in RunPlan
};

/// Runs it with callgate's own streams, in callgate's own process group, until its last descendant is gone, the grace
/// is over or `cancel` is requested (then the signal is handed on first). One case, named "run".
model::RunResult run_command(const CommandPlan& plan, ports::Runner& runner, const core::Cancel& cancel);

}  // namespace callgate::engine
