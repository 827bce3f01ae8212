#pragma once

#include "harness/model/call.h"
#include "harness/model/profile.h"
#include "profiles/builder.h"

#include <optional>
#include <string>
#include <vector>

namespace callgate::profiles {

/// What has to change in a profile so that it permits one call whatever its arguments are.
struct RepairPlan {
    bool possible = true;               ///< false: no profile can name the call; the note says why
    std::string name;                   ///< of the system call
    std::optional<std::string> arch;    ///< to be added to the architectures, in the runtime-spec's spelling
    std::vector<Entry> removals;        ///< names to take out of the refusing rules that would win
    bool add = false;                   ///< true: the name goes into `target`, or into a new rule where there is none
    std::optional<std::size_t> target;  ///< the first rule that permits its names without looking at
                                        ///< arguments, one without a comment before others
    std::vector<std::string> notes;     ///< what a person should look at
};

RepairPlan plan_repair(const model::Profile& profile, const model::Call& call);

}  // namespace callgate::profiles
