#pragma once

#include "harness/core/diagnostics.h"
#include "profiles/allow_list.h"
#include "profiles/lines.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callgate::profiles {

/// Collects what a log shows of system calls, for the profile that permits them.
class Observation {
public:
    explicit Observation(core::Diagnostics& diagnostics) : diagnostics_{diagnostics} {}

    /// A call by its name, as the log has it.
    void name(const Piece& word);

    /// A call by its number; `audit_arch` and `nr` as in model::Call. One without a name is warned of.
    void number(const core::Span& span, std::uint32_t audit_arch, std::int32_t nr);

    /// The profile that permits what was seen, on all architectures that were seen; none, after saying so, when nothing
    /// was.
    std::optional<model::Profile> profile(const document::Source& source);

private:
    core::Diagnostics& diagnostics_;
    std::vector<model::Profile::Name> names_;
    std::vector<model::Arch> archs_;
};

}  // namespace callgate::profiles
