#pragma once

#include "profiles/edits.h"

#include <string>
#include <string_view>
#include <vector>

namespace callgate::profiles {

/// The sorted edits as a unified diff with three lines of context, as `patch -p0` takes it; "" when no line changes.
std::string unified_diff(const std::string& path, std::string_view before, const std::vector<Edit>& edits);

}  // namespace callgate::profiles
