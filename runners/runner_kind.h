#pragma once

#include "harness/ports/launch.h"
#include "runners/record/recorder.h"
#include "runners/trap_backend.h"

#include <memory>
#include <span>
#include <string_view>

namespace callgate::runners {

/// A way of starting a workload.
struct RunnerKind {
    std::string_view name;
    std::string_view summary;
    /// `trap` watches what the runner starts with a Confinement in log or errno mode, `recorder` records what is to be
    /// recorded (null: launching that is an error). Make it before the program changes its signal mask or dispositions:
    /// those of that moment are what the workloads get.
    std::unique_ptr<ports::Runner> (*make)(const TrapBackend& trap, const RecorderKind* recorder);
};

/// All of runner_kinds.inc, in its order; the first is the default.
std::span<const RunnerKind* const> runner_kinds();

}  // namespace callgate::runners
