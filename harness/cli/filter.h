#pragma once

#include "harness/core/diagnostics.h"
#include "profiles/filter.h"

#include <optional>
#include <string>

namespace callgate::cli {

/// Reads what is at `path` and compiles it, for commands that launch nothing; none after everything wrong was reported.
std::optional<profiles::Filter> load_filter(const std::string& path, core::Diagnostics& diagnostics);

}  // namespace callgate::cli
