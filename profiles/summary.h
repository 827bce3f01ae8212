#pragma once

#include "harness/core/result.h"
#include "profiles/filter.h"

#include <string>

namespace callgate::profiles {

/// The whole profile in sentences, for a terminal: for each architecture what happens to calls that no rule names, what
/// is permitted always, what under conditions, and what is refused how. Architectures that are treated alike are told
/// once. Fails with "too complex: …" where that cannot be found out in bounded time.
core::Result<std::string> summarise(const Filter& filter);

}  // namespace callgate::profiles
