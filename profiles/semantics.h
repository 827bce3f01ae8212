#pragma once

#include "harness/model/action.h"
#include "harness/model/call.h"
#include "harness/model/profile.h"
#include "harness/model/run_result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::profiles {

// What container runtimes make of a profile's words before libseccomp sees them (runc libcontainer/seccomp,
// crun src/libcrun/seccomp.c; both agree on everything here).

/// True for SCMP_ACT_ERRNO and SCMP_ACT_TRACE: the only ones that errnoRet may stand with.
bool takes_errno(model::Profile::ActionName action);

/// The filter's return for an action; an absent errnoRet is EPERM.
model::Action resolve(model::Profile::ActionName action, std::optional<std::uint16_t> errno_ret);
model::Action default_action(const model::Profile& profile);
model::Action action_of(const model::Profile::Rule& rule);

/// False for a rule that says the same as the default action: runtimes leave it out, since libseccomp refuses it.
bool counts(const model::Profile& profile, const model::Profile::Rule& rule);

/// The argument filters of a rule as they are given to libseccomp: the conditions of one clause must all hold, one of
/// the clauses is enough. A rule that tests one argument twice becomes one clause per condition; one without argument
/// filters has a single empty clause.
using Clause = std::vector<model::Profile::Argument>;
std::vector<Clause> clauses(const model::Profile::Rule& rule);

/// True when the arguments of the call satisfy a clause of the rule; says nothing about names.
bool matches(const model::Profile::Rule& rule, const model::Call& call);

/// The architectures of the filter, without repetition: the native one is always the first of them.
std::vector<model::Arch> effective_archs(const model::Profile& profile);

/// "==", "<=": of an operator that compares with one value; "" of masked_eq.
std::string_view sign_of(model::Profile::Operator op);

/// "arg0 == 1 and arg1 & 0x7e020000 == 0"; "" for an empty clause. The same for conditions in another order.
std::string describe(Clause clause);

/// "2.5.4": of the libseccomp that is linked.
std::string libseccomp_version();

model::Place place_of(const core::Span& span);
/// "nginx.json:9"
std::string file_and_line(const core::Span& span);

}  // namespace callgate::profiles
