#pragma once

#include "harness/core/result.h"
#include "harness/ports/launch.h"

#include <memory>
#include <string>

namespace callgate::cli {

/// A local runner whose refusals the named trap backend sees; "auto" and "" take the first that works here.
/// Fails, with the remedy, when `needs_trap` and the backend does not work on this host.
core::Result<std::unique_ptr<ports::Runner>> make_runner(const std::string& trap, bool needs_trap);

}  // namespace callgate::cli
