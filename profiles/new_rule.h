#pragma once

#include "harness/document/node.h"

#include <set>
#include <string>

namespace callgate::profiles {

/// What stands between a key and its value: ": " or ":".
std::string colon_of(const document::Node& mapping);

/// A rule that permits the names, laid out like the last rule of `rules`, which has one at least.
std::string new_rule(const document::Node& profile, const document::Node* rules, const std::set<std::string>& names);

/// A list of one such rule, for a profile that has none yet, in the profile's own indentation.
std::string new_rule_list(const document::Node& profile, const std::set<std::string>& names);

}  // namespace callgate::profiles
