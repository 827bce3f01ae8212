#pragma once

#include "harness/core/result.h"
#include "harness/model/profile.h"
#include "profiles/targets.h"

#include <span>
#include <string>
#include <vector>

namespace callgate::profiles {

/// A call that not all targets answer alike.
struct Disagreement {
    std::string arch;                  ///< "x86_64"
    std::string call;                  ///< "clone3", "clone(arg0=0x10000000)", "467-1023", or "every call"
    std::vector<std::string> answers;  ///< "ALLOW", one per target; "" where a target has an answer for each call
};

struct TargetComparison {
    std::vector<std::string> targets;
    std::vector<Disagreement> differences;
    std::vector<std::string> summary;  ///< each target beside the first: how many more calls it permits
};

/// What the filters that the targets install answer differently, by proof (bpf::compare): a call that is not listed is
/// answered alike, whatever its arguments are. Numbers up to 1023, on every architecture that one of the targets
/// filters. The error is that of a target for which the profile does not compile.
core::Result<TargetComparison> compare_targets(const model::Profile& profile, std::span<const Target> targets);

std::string render_text(const TargetComparison& comparison);
std::string render_markdown(const TargetComparison& comparison);
std::string render_json(const TargetComparison& comparison);

}  // namespace callgate::profiles
