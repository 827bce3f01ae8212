#pragma once

#include "harness/model/call_need.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace callgate::engine {

/// The workload with some of the permitted calls refused, in some of the scenarios.
struct Trial {
    std::set<std::string> refused;
    std::set<std::string> scenarios;  ///< beside startup and shutdown
    auto operator<=>(const Trial&) const = default;
};

struct TrialResult {
    model::Need need = model::Need::tolerated;
    std::string scenario;  ///< the first that showed it; "" where tolerated
    std::string why;       ///< complete in itself; "" where tolerated
};

/// Plays trials that do not depend on each other: a result for each, in their order; none for the rest once the user
/// wants to stop.
using PlayTrials = std::function<std::vector<std::optional<TrialResult>>(const std::vector<Trial>& trials)>;

/// Grades every permitted call; `uses` has the scenarios that make it, empty for none. A call that startup or shutdown
/// makes is tried by itself, since most of those are essential, and where startup makes it in all scenarios, which may
/// depend on it; the others in the scenarios that make them, in batches that are halved until what fails stands alone:
/// of a batch that fails, a half is not played when the other half alone was found to pass. At last everything that is
/// tolerated or unused is refused together, in all `scenarios`, and halved in the same way.
/// None when the user wants to stop; what `play` remembers is not lost.
std::optional<std::vector<model::CallNeed>> grade_calls(const std::map<std::string, std::set<std::string>>& uses,
                                                        const std::set<std::string>& scenarios, const PlayTrials& play);

}  // namespace callgate::engine
