#pragma once

#include "profiles/format.h"

namespace callgate::profiles {

/// The profile as a policy of minijail. It must not be conditional.
core::Result<Written> write_policy(const model::Profile& profile);

}  // namespace callgate::profiles
