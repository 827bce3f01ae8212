#pragma once

#include "harness/core/diagnostics.h"
#include "harness/model/profile.h"
#include "harness/model/syscall_table.h"

#include <string>

namespace callgate::profiles {

/// Warns, at its place, of every system call name that runtimes with this libseccomp would skip in silence: one that no
/// kernel has, one that is too new for this libseccomp, or one that none of the profile's architectures has.
void warn_of_names(const model::Profile& profile, core::Diagnostics& diagnostics);

/// Who has had a call for how long: "in Linux since 6.10, in libseccomp since 2.6.0".
std::string since(const model::SyscallInfo& call);

}  // namespace callgate::profiles
