#pragma once

#include "harness/bpf/program.h"
#include "harness/model/profile.h"

namespace callgate::profiles {

/// What runc puts in front of the filter (libcontainer/seccomp/patchbpf): for each architecture of the profile, numbers
/// above the largest that the profile names get ENOSYS; the rest goes on into the filter behind. Empty where runc
/// leaves the filter alone: where the default action is to permit, to log or to ask a tracer.
/// The profile is not conditional. libseccomp says which names have numbers: those of the linked one.
bpf::Program enosys_stub(const model::Profile& profile);

}  // namespace callgate::profiles
