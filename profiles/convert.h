#pragma once

#include "harness/core/result.h"
#include "harness/model/profile.h"
#include "profiles/format.h"
#include "profiles/targets.h"

namespace callgate::profiles {

/// The profile in another format, and every loss in words. Where the format has no words for conditions and the profile
/// has some, they are decided as for `target`, and each decision is a loss.
core::Result<Written> convert(const model::Profile& profile, const ProfileFormat& to, const Target& target);

}  // namespace callgate::profiles
