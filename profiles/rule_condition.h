#pragma once

#include "harness/bpf/condition.h"
#include "harness/model/profile.h"

namespace callgate::profiles {

/// What the argument filters of a rule ask for, as runtimes hand them to libseccomp (semantics.h, clauses()): one
/// alternative for each clause. An argument filter that nothing meets ("< 0") makes its alternative go.
bpf::Condition condition_of(const model::Profile::Rule& rule);

}  // namespace callgate::profiles
