#pragma once

#include "profiles/diff.h"

#include <string>
#include <vector>

namespace callgate::profiles {

/// Changes that can be told in one breath: alike but for the name, without a condition or a risk. All others stand
/// alone. Borrows the changes.
struct ChangeGroup {
    std::vector<const Change*> changes;  ///< one at least; those with a name in front

    [[nodiscard]] const Change& head() const { return *changes.front(); }
};

/// In the order of the changes. Without `all`: none of architectures that only one filter lists, and what two default
/// actions answer otherwise is one group, conditions left aside.
std::vector<ChangeGroup> groups_of(const Differences& differences, bool all);

/// The condition of a group that stands alone; "" otherwise.
std::string condition_of(const ChangeGroup& group);

/// "newly permitted": a heading.
std::string heading_of(Effect effect);

/// "3 calls newly permitted (1 dangerous), 2 newly refused, 1 refused otherwise"; names count once.
std::string summary_of(const Differences& differences);

/// "read, write, numbers 463..511": at most `limit` names, then how many more there are.
std::string names_of(const ChangeGroup& group, std::size_t limit);

/// "x86_64, x32"; "all other architectures".
std::string archs_of(const Change& change);

/// "ERRNO(EPERM)": what the filter said before, or says now.
std::string before_of(const Change& change);
std::string after_of(const Change& change);

/// "a.json:2 (default action)", "a.json:14, a.json:20": what decides; "" where nothing is known.
std::string places_of(const ChangeGroup& group, std::vector<Decider> Change::*side);

}  // namespace callgate::profiles
