#pragma once

#include "harness/model/profile.h"
#include "profiles/format.h"

#include <string>
#include <vector>

namespace callgate::profiles {

/// The profile that permits the names, in this order and each once, and refuses everything else with EPERM.
model::Profile allow_list(const document::Source& source, const std::vector<model::Profile::Name>& names);

}  // namespace callgate::profiles
