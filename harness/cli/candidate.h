#pragma once

#include "harness/core/diagnostics.h"
#include "harness/engine/engine.h"
#include "harness/model/profile.h"

#include <memory>
#include <optional>
#include <string>

namespace callgate::cli {

/// A profile that was read, with the filter that it compiles to.
struct LoadedCandidate {
    std::shared_ptr<const model::Profile> profile;
    std::shared_ptr<const engine::Candidate> candidate;
    model::InputFile input;  ///< the profile's file
};

/// Reads and compiles the profile at `path`, which people know as `name`; none after everything wrong was reported.
/// `from` is where the plan names it, or nowhere.
std::optional<LoadedCandidate> load_candidate(const std::string& path, const std::string& name, const core::Span& from,
                                              core::Diagnostics& diagnostics);

/// Reads a profile only.
std::optional<model::Profile> load_profile(const std::string& path, const std::string& name, const core::Span& from,
                                           core::Diagnostics& diagnostics);

}  // namespace callgate::cli
