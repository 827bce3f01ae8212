#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/plan/plan.h"
#include "harness/ports/variables.h"
#include "harness/ports/workload.h"

#include <optional>

namespace callgate::plan {

/// The workload of one instance, from a mapping whose `${...}` are replaced already; `variables` replaces those in the
/// files it names. `prepare`, `ready` and `check` are left to whoever knows the step kinds: they stay empty.
/// None when something was wrong; `diagnostics` says what and where.
std::optional<ports::Workload> read_workload(const document::Node& expanded, const Plan& plan,
                                             const ports::Variables& variables, const Environment& environment,
                                             core::Diagnostics& diagnostics);

/// A workload with a scenario's override: `env` is merged, every other key replaces the base's.
document::Node merge_workload(const document::Node& base, const document::Node& changes);

}  // namespace callgate::plan
