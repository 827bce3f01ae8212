#pragma once

#include "harness/cli/profile_options.h"
#include "harness/core/diagnostics.h"
#include "harness/engine/engine.h"
#include "harness/model/profile.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace callgate::cli {

/// What is under test: read, resolved for its target, with the filter that it compiles to.
struct LoadedCandidate {
    std::shared_ptr<const model::Profile> profile;  ///< not conditional; null for a compiled filter
    std::shared_ptr<const engine::Candidate> candidate;
    model::InputFile input;  ///< the profile's file
    /// Makes of the profile's text, when it was changed and read again, what was made of this one.
    std::function<model::Profile(const model::Profile&)> resolve;
};

/// Reads, resolves (load_resolved) and compiles what is at `path`; none after everything wrong was reported.
std::optional<LoadedCandidate> load_candidate(const std::string& path, const std::string& name, const core::Span& from,
                                              const ProfileOptions& options, core::Diagnostics& diagnostics);

}  // namespace callgate::cli
