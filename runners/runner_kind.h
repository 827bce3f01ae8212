#pragma once

#include "harness/ports/launch.h"
#include "runners/record/recorder.h"
#include "runners/trap_backend.h"

#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace callgate::runners {

/// RecorderKind::make or make_for_news with its argument.
using MakeRecorder = std::function<core::Result<std::unique_ptr<Recorder>>()>;

/// A way of starting a workload.
struct RunnerKind {
    std::string_view name;
    std::string_view summary;
    /// `trap` watches what the runner starts with a Confinement in log or errno mode, `recorder` makes what
    /// records the calls of one instance (empty: launching one that is to be recorded is an error; any thread). Make it
    /// before the program changes its signal mask or dispositions: those of that moment are what the workloads get.
    std::unique_ptr<ports::Runner> (*make)(const TrapBackend& trap, MakeRecorder recorder);
};

/// All of runner_kinds.inc, in its order; the first is the default.
std::span<const RunnerKind* const> runner_kinds();

}  // namespace callgate::runners
