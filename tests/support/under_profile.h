#pragma once

#include "harness/core/cancel.h"
#include "harness/model/run_result.h"

#include <string>
#include <vector>

namespace callgate::tests {

/// What a command did under a profile.
struct Ran {
    model::CaseResult result;
    std::string output;  ///< stdout and stderr

    /// Exact number of refusals of a call.
    [[nodiscard]] std::uint64_t refused(const std::string& syscall) const;
    [[nodiscard]] std::uint64_t refused_in_all() const;
};

/// Runs `command` (its program: a path, or the name of one of tests/programs) to its end under the profile.
Ran run_under(const std::string& profile_json, model::Mode mode, std::vector<std::string> command);

/// A profile that permits everything but `name`, which gets `action` ("SCMP_ACT_ERRNO"…, with errno EPERM).
std::string denying(const std::string& name, const std::string& action = "SCMP_ACT_ERRNO");

}  // namespace callgate::tests
