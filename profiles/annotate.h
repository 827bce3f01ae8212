#pragma once

#include "profiles/filter.h"

#include <string>
#include <vector>

namespace callgate::profiles {

/// For each instruction of the filter what it belongs to: "p.json:14 clone", "p.json:7 (57 names)", "default action,
/// p.json:2". What is before the number of a call is told apart belongs to nobody: "". Found by walking the way of
/// calls of every region of every name; bounded in time. All "" for a filter without a profile, and where it is too
/// complex to be looked at.
std::vector<std::string> notes_of(const Filter& filter);

}  // namespace callgate::profiles
