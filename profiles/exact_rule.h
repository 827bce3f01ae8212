#pragma once

#include "harness/model/call.h"
#include "harness/model/profile.h"

#include <cstdint>
#include <string>

namespace callgate::profiles {

/// The smallest rule that makes the profile permit this call and no other: the name, and each argument whose bit is set
/// in `filterable` equal to the call's. One line of runtime-spec JSON, an item for `syscalls`.
/// Proven on the filter that the profile with this rule compiles to: it permits the call, and one that differs in a
/// single bit of a filtered argument is answered as before. "" where there is no such rule: no argument to ask for,
/// an unconditional rule refuses the name (it wins over every conditional one), a rule with the same filter says
/// otherwise, the default action permits, or the profile lacks the architecture. Compiles the profile.
std::string exact_rule(const model::Profile& profile, const model::Call& call, std::uint8_t filterable);

}  // namespace callgate::profiles
