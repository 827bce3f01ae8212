#pragma once

#include "profiles/semantics.h"

#include <cstdint>
#include <optional>

namespace callgate::profiles {

/// seccomp_rule_add_array(3) to `context`, a scmp_filter_ctx: 0 or a negative errno.
int add_rule(void* context, std::uint32_t action, int number, const Clause& clause);

/// The same. None when libseccomp did not come to an end within two seconds of processor time; `context` is not to be
/// used any more then, nor released. (2.5.4 follows a ring of nodes for ever after some pairs of rules, see
/// shared_tests.h. What ends takes it microseconds.)
std::optional<int> add_rule_in_time(void* context, std::uint32_t action, int number, const Clause& clause);

}  // namespace callgate::profiles
