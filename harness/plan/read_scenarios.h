#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/plan/plan.h"

#include <optional>
#include <string>
#include <vector>

namespace callgate::plan {

/// The plan's `scenarios`: their frame, not their steps.
std::vector<ScenarioPlan> read_scenarios(const document::Node& list, core::Diagnostics& diagnostics);

/// A name that people see and select by: letters, digits, blanks and "._+-", so that it can stand in a report's file
/// name and in a case's name between slashes.
std::optional<std::string> read_display_name(const document::Node& node, core::Diagnostics& diagnostics);

}  // namespace callgate::plan
