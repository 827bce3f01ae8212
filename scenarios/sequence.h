#pragma once

#include "harness/ports/step.h"

#include <vector>

namespace callgate::scenarios {

/// One step after the other; the first that does not pass is the last.
std::vector<model::StepResult> run_in_turn(const std::vector<ports::StepPtr>& steps, const ports::StepContext& context);

}  // namespace callgate::scenarios
