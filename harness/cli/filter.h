#pragma once

#include "harness/cli/profile_options.h"
#include "harness/core/diagnostics.h"
#include "profiles/filter.h"

#include <optional>
#include <string>

namespace callgate::cli {

/// What is at `path`, as load_resolved() reads it, and its filter: for commands that launch nothing; none after
/// everything wrong was reported.
std::optional<profiles::Filter> load_filter(const std::string& path, const ProfileOptions& options,
                                            core::Diagnostics& diagnostics);

/// The same of a text in a format, which people know as `name`.
std::optional<profiles::Filter> filter_in(const std::string& text, const std::string& name,
                                          const ProfileOptions& options, core::Diagnostics& diagnostics);

}  // namespace callgate::cli
