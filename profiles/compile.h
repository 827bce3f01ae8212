#pragma once

#include "harness/bpf/program.h"
#include "harness/core/result.h"
#include "harness/model/profile.h"
#include "profiles/builder.h"

#include <cstdint>

namespace callgate::profiles {

struct Compiled {
    bpf::Program program;
    std::uint32_t filter_flags = 0;  ///< of seccomp(2): SECCOMP_FILTER_FLAG_LOG and …_SPEC_ALLOW
};

/// The filter that runc would load for the profile, checked (bpf::check). Two flags never show: TSYNC, which runc
/// ignores, and WAIT_KILLABLE_RECV, which the kernel takes only from whoever asks for a listener as well.
/// The error names the file, and the line where one rule is at fault. Bounded in time: what would take libseccomp
/// longer than some ten seconds is refused, and so is what it does not come to an end with (add_rule_in_time); real
/// profiles take milliseconds.
/// A profile that is conditional (model::is_conditional) is refused: it has to be resolved first.
core::Result<Compiled> compile(const model::Profile& profile);

/// The same in a given layout.
core::Result<Compiled> compile(const model::Profile& profile, Layout layout);

}  // namespace callgate::profiles
