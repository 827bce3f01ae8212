#pragma once

namespace callgate::profiles {
class Findings;
class LintSubject;
}  // namespace callgate::profiles

/// What each line of lint_rules.inc names: looks at the subject and adds what it finds.
namespace callgate::profiles::looks {

#define CALLGATE_LINT_RULE(id, name, severity, summary, function) \
    void function(const LintSubject& subject, Findings& findings);
#include "profiles/lint_rules.inc"
#undef CALLGATE_LINT_RULE

}  // namespace callgate::profiles::looks
