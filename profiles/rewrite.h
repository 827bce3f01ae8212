#pragma once

#include "harness/core/result.h"
#include "harness/model/profile.h"
#include "profiles/edits.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace callgate::profiles {

/// What shall be different in a profile; indices are those of Profile::rules and Rule::names.
struct Changes {
    std::map<std::size_t, std::set<std::size_t>> removed_names;  ///< by rule; a rule that loses all of them goes
    std::map<std::size_t, std::set<std::string>> added_names;    ///< by rule
    std::set<std::string> new_rule;                              ///< names of a rule with SCMP_ACT_ALLOW
    std::vector<std::string> architectures;                      ///< in the order in which they are added

    [[nodiscard]] bool empty() const;
};

/// The edits, sorted, that make the changes in the text that the profile was read from.
/// Fails when that text is not there or is not JSON.
core::Result<std::vector<Edit>> rewrite(const model::Profile& profile, const Changes& changes);

}  // namespace callgate::profiles
