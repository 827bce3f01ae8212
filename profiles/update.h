#pragma once

#include "harness/core/result.h"
#include "harness/model/evidence.h"
#include "harness/model/profile.h"
#include "profiles/lock.h"

#include <string>
#include <vector>

namespace callgate::profiles {

/// A recorded profile made to fit what was recorded later.
struct UpdatedProfile {
    std::string text;                  ///< order, indentation and comments of what stays are those of before
    std::vector<std::string> added;    ///< system calls now permitted
    std::vector<std::string> removed;  ///< no longer
    std::vector<std::string> notes;    ///< what was left as it is, and why
    std::vector<LockedReason> kept;    ///< of rules that a comment pins
};

/// Permits what `now` shows and the profile refuses, and takes out what `before` shows and `now` does not. Left alone
/// are rules whose comment begins with "keep:" and says why, names that were permitted without having been recorded,
/// those of `needed`, and calls that a rule refuses by name (other than those that C libraries fall back from).
/// Fails where the profile cannot be rewritten, or a rule is kept without a reason.
core::Result<UpdatedProfile> update(const model::Profile& profile, const Lock& before, const model::Evidence& now,
                                    const std::vector<LockedReason>& needed);

}  // namespace callgate::profiles
