#pragma once

#include "profiles/lint.h"
#include "profiles/lint_allow.h"

#include <span>
#include <string>
#include <vector>

namespace callgate::profiles {

/// What lint says of one file.
struct LintReport {
    std::string profile;
    std::vector<Finding> findings;
    std::vector<AllowedFinding> allowed;
    std::string unproven;  ///< why nothing is known of any call; "" where all was looked at
};

/// For a terminal and for problem matchers: file:line:column, the source line, what is to be said of each call, a
/// witness and what to do.
std::string render_text(std::span<const LintReport> reports);
/// A table for a pull request.
std::string render_markdown(std::span<const LintReport> reports);
/// harness/docs/lint/json.md says what is in it.
std::string render_json(std::span<const LintReport> reports);

/// "2 errors, 1 warning, 3 notes", and how many are allowed.
std::string summary_of(std::span<const LintReport> reports);

}  // namespace callgate::profiles
