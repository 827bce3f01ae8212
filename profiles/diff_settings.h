#pragma once

#include "harness/model/profile.h"
#include "profiles/diff.h"

#include <vector>

namespace callgate::profiles {

/// What the profiles say differently beside the filter: flags (of those that change anything), then the listener.
std::vector<SettingChange> setting_changes(const model::Profile& first, const model::Profile& second);

}  // namespace callgate::profiles
