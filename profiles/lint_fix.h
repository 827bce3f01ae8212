#pragma once

#include "harness/core/result.h"
#include "profiles/lint.h"

#include <span>
#include <string>
#include <vector>

namespace callgate::profiles {

/// What can be repaired without a decision of a person.
struct LintFix {
    std::string text;                ///< of the profile, repaired
    std::vector<std::string> steps;  ///< what was done, one line each; none: nothing was to be done
};

/// Makes the safe repairs in the text that the profile was read from, and nothing else. Names that go leave a filter
/// that is proven to decide as before. Fails, and then nothing is to be written, where the text cannot be edited or the
/// proof does not come out.
core::Result<LintFix> fix(const LintSubject& subject, std::span<const Finding> findings);

}  // namespace callgate::profiles
