#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/plan/plan.h"
#include "harness/ports/variables.h"
#include "harness/ports/workload.h"

#include <optional>

namespace callgate::plan {

/// The workload of one instance, from a mapping whose `${...}` are replaced already; `variables` replaces those in the
/// files it names. `ready` is left to whoever knows the step kinds: Workload::ready stays null.
/// None when something was wrong; `diagnostics` says what and where.
std::optional<ports::Workload> read_workload(const document::Node& expanded, const Plan& plan,
                                             const ports::Variables& variables, const Environment& environment,
                                             core::Diagnostics& diagnostics);

/// A workload with a scenario's override: `env` is merged, every other key replaces the base's.
document::Node merge_workload(const document::Node& base, const document::Node& changes);

/// The workload's `ready` mapping, or null when it declares none.
const document::Node* ready_of(const document::Node& workload);

}  // namespace callgate::plan
