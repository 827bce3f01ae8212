#pragma once

#include "harness/model/coverage.h"
#include "harness/model/run_result.h"

#include <string>
#include <vector>

namespace callgate::reports {

/// True of the case that says whether as much was used as was asked for: no scenario, and nothing to repeat alone.
bool is_about_coverage(const model::CaseResult& result);

/// "61 of 87 permissions were used (70 %)", or that it was not measured, and why.
std::string coverage_words(const model::Coverage& coverage);

/// "socket (arg0 == 1)".
std::string permission_words(const model::PermissionUse& permission);

/// The permissions that no case used, in words, in the order of the profile.
std::vector<std::string> unused_permissions(const model::Coverage& coverage);

/// Permissions against cases, for Markdown, folded up; "" where nothing was to be measured.
std::string markdown_coverage(const model::RunResult& run);

}  // namespace callgate::reports
