#pragma once

#include "harness/core/diagnostics.h"
#include "harness/model/profile.h"

namespace callgate::profiles {

/// Warns, at its place, of every system call name that runtimes would skip in silence: one that libseccomp does not
/// know, or that none of the profile's architectures has.
void warn_of_names(const model::Profile& profile, core::Diagnostics& diagnostics);

}  // namespace callgate::profiles
