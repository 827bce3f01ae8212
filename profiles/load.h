#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/model/profile.h"
#include "profiles/format.h"

#include <optional>

namespace callgate::profiles {

/// Reads what is under test in whatever format it is written (format.h). None when something was wrong; `diagnostics`
/// says all of it, and holds warnings about what runtimes would pass over in silence also when all is good.
std::optional<Content> load(const document::Source& source, const ReadOptions& options, core::Diagnostics& diagnostics);

/// The same where only rules will do: a compiled filter is refused in words.
std::optional<model::Profile> load(const document::Source& source, core::Diagnostics& diagnostics);

}  // namespace callgate::profiles
