#pragma once

#include "harness/model/profile.h"
#include "harness/model/run_result.h"

#include <set>
#include <string>
#include <vector>

namespace callgate::profiles {

/// True of a rule that lets the calls happen that it is about.
bool permits(const model::Profile::Rule& rule);

/// The system calls that some rule lets happen, under conditions or always, each once, in the order of the text; those
/// that the linked libseccomp does not know are left out, as it leaves them out of the filter.
std::vector<std::string> permitted_names(const model::Profile& profile);

/// The profile without the names in rules that let them happen: what else it says of them, and then its default action,
/// counts. Its text stays what it was.
model::Profile without_permission(const model::Profile& profile, const std::set<std::string>& names);

/// The same as a change of the profile's text: order, indentation and comments of what stays are kept. `complete` is
/// false, and a note says why, where the text cannot be changed.
model::Proposal take_out(const model::Profile& profile, const std::set<std::string>& names);

}  // namespace callgate::profiles
