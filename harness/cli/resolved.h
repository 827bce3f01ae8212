#pragma once

#include "harness/bpf/program.h"
#include "harness/cli/profile_options.h"
#include "harness/core/diagnostics.h"
#include "harness/model/profile.h"
#include "profiles/compile.h"
#include "profiles/targets.h"

#include <functional>
#include <optional>
#include <string>
#include <variant>

namespace callgate::cli {

/// A profile as it is where it is used.
struct Resolved {
    model::Profile profile;  ///< not conditional
    /// For which it was resolved: the one of --as, or its format's own where it has conditions.
    std::optional<profiles::Target> target;
    bool asked = false;  ///< --as named the target

    /// The filter: with --as the one that the target's runtime installs, else what every runtime makes of the rules.
    [[nodiscard]] core::Result<profiles::Compiled> compile() const;

    /// Makes of the profile's text, when it was changed and read again, what was made of this one; null where nothing
    /// was.
    [[nodiscard]] std::function<model::Profile(const model::Profile&)> resolver() const;
};

/// Reads what is at `path`, which people know as `name`, and resolves it; none after everything wrong was reported.
/// `from` is where a plan names it, or nowhere. Without a target a profile that has conditions is taken as its format's
/// own engine takes it, and a note says so. A compiled filter is what it is: --as is refused.
std::optional<std::variant<Resolved, bpf::Program>> load_resolved(const std::string& path, const std::string& name,
                                                                  const core::Span& from, const ProfileOptions& options,
                                                                  core::Diagnostics& diagnostics);

/// The same of what was read already.
std::optional<std::variant<Resolved, bpf::Program>> resolved(profiles::Content content, const std::string& name,
                                                             const core::Span& from, const ProfileOptions& options,
                                                             core::Diagnostics& diagnostics);

}  // namespace callgate::cli
