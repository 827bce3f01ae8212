#pragma once

#include "harness/core/span.h"
#include "profiles/lint/subject.h"

#include <span>
#include <string>
#include <string_view>

namespace callgate::profiles {

/// "the rule at p.json:9:17 (SCMP_ACT_ALLOW)"; "and 2 more" behind the third.
std::string rules_at(const LintSubject& subject, std::span<const Entry> entries);

/// "ERRNO(EPERM)": what the filter answers to a call.
std::string answer_to(const LintSubject& subject, const model::Call& call);

/// A call of the name without arguments.
model::Call plain_call(model::Arch arch, std::int32_t nr);

/// "exit_group() on x86_64".
std::string on_arch(const std::string& witness, model::Arch arch);

}  // namespace callgate::profiles
