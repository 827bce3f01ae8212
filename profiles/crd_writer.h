#pragma once

#include "profiles/format.h"

namespace callgate::profiles {

/// The profile as a SeccompProfile of the security-profiles-operator, as YAML. It must not be conditional.
core::Result<Written> write_crd(const model::Profile& profile);

}  // namespace callgate::profiles
