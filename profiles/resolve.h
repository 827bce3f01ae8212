#pragma once

#include "harness/core/result.h"
#include "harness/core/span.h"
#include "harness/model/profile.h"
#include "profiles/compile.h"
#include "profiles/targets.h"

#include <functional>
#include <string>
#include <vector>

namespace callgate::profiles {

/// What was made of a part of a profile, and why.
struct Decision {
    core::Span span;
    std::string text;  ///< "holds: kernel 6.18 is at least 4.8 (ptrace)"
};

struct Resolution {
    model::Profile profile;           ///< not conditional; everything keeps the place in the text that it came from
    std::vector<Decision> decisions;  ///< in the order of the text
};

/// The profile as the target's runtime gets it: which rules hold there, which architectures are filtered, which names
/// its libseccomp knows. Pure.
Resolution resolve(const model::Profile& profile, const Target& target);

/// The filter that the runtime of the target installs for a profile that was resolved for it: libseccomp's, with runc's
/// stub for ENOSYS in front. Errors as compile().
core::Result<Compiled> install(const model::Profile& resolved, const Target& target);

/// The calls that the target's runtime makes itself under the filter, before it starts the workload. runc measured with
/// 1.1.5, crun with 1.8.1.
std::vector<std::string> needed_at_start(const Target& target);

/// Those of them that the filter refuses: the container does not start.
std::vector<std::string> refused_at_start(const bpf::Program& program, const Target& target);

/// What a format's own engine makes of a profile where nobody names a target: docker, or podman.
Target own_target(const model::Profile& profile, Version kernel);

/// One line per decision, with its place.
std::string render_decisions(const std::vector<Decision>& decisions);

}  // namespace callgate::profiles
