#pragma once

#include <string>
#include <string_view>

namespace callgate::reports {

/// Text for a CI log in which no line is a command to the CI system; a backslash breaks each one that would be.
/// Indenting is not enough: GitHub's runner strips blanks before it looks for `::`, and looks for `##[` anywhere in a
/// line, as Azure's agent does for `##vso[` (actions/runner ActionCommand.cs, azure-pipelines-agent Command.cs).
/// Jenkins and GitLab attach whatever file `[[ATTACHMENT|path]]` names in the output of a test.
std::string ci_safe(std::string_view text);

}  // namespace callgate::reports
