#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/model/profile.h"

#include <optional>

namespace callgate::profiles {

/// Reads a profile in whatever format it is written (format.h). None when something was wrong; `diagnostics` says all
/// of it, and holds warnings about what runtimes would pass over in silence also when the profile is good.
std::optional<model::Profile> load(const document::Source& source, core::Diagnostics& diagnostics);

}  // namespace callgate::profiles
