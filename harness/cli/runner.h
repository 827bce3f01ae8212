#pragma once

#include "harness/core/result.h"
#include "harness/ports/launch.h"
#include "runners/trap_backend.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace callgate::cli {

/// A runner, and what people should know of how it sees refusals.
struct ChosenRunner {
    std::unique_ptr<ports::Runner> runner;
    std::string note;  ///< which trap backend, why that one and what it cannot see; "" for the usual one
    /// Why it cannot record confined workloads; "" where it can.
    std::string why_no_recording;
};

/// What `--trap auto` takes, and why not the usual one; "" for the usual one.
struct AutomaticTrap {
    const runners::TrapBackend* backend = nullptr;
    std::string why;
};

/// The first trap backend that works here; where one of `programs` (paths) traces processes by itself, the first of
/// those that leave it free to. Fails, with the remedy, when none works.
core::Result<AutomaticTrap> automatic_trap(std::span<const std::string> programs);

/// What a runner is wanted for.
enum class Needs {
    launching,           ///< enforce and baseline mode: nothing has to be seen
    trapping,            ///< refusals
    trapping_recording,  ///< refusals, and where the host can, all calls of confined workloads
};

/// A local runner whose refusals the named trap backend sees; "auto" and "" stand for that of automatic_trap().
/// Fails, with the remedy, when refusals have to be seen and the backend does not work on this host.
core::Result<ChosenRunner> make_runner(const std::string& trap, Needs needs, std::span<const std::string> programs);

/// A runner that records system calls, and how.
struct RecordingRunner {
    std::unique_ptr<ports::Runner> runner;
    std::string recorder;  ///< the name of the recorder
    /// Makes the runner of a second pass at full speed, which records only what was not learnt; null where the first
    /// pass has that speed.
    std::function<std::unique_ptr<ports::Runner>(std::vector<model::RecordedCall> learnt)> for_news;
};

/// By the named recorder, or with "auto" by the first that works on this host. Fails, with the remedy, when none does.
core::Result<RecordingRunner> make_recording_runner(const std::string& recorder);

}  // namespace callgate::cli
