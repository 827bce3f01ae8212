#pragma once

#include "harness/core/result.h"
#include "harness/ports/launch.h"

#include <memory>
#include <span>
#include <string>

namespace callgate::cli {

/// A runner, and what people should know of how it sees refusals.
struct ChosenRunner {
    std::unique_ptr<ports::Runner> runner;
    std::string note;  ///< which trap backend, why that one and what it cannot see; "" for the usual one
};

/// A local runner whose refusals the named trap backend sees. "auto" and "" take the first that works here, and another
/// first when one of `programs` (paths) traces processes by itself.
/// Fails, with the remedy, when `needs_trap` and the backend does not work on this host.
core::Result<ChosenRunner> make_runner(const std::string& trap, bool needs_trap, std::span<const std::string> programs);

}  // namespace callgate::cli
