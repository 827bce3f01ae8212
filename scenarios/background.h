#pragma once

#include "harness/core/cancel.h"
#include "harness/ports/step.h"

#include <vector>

namespace callgate::scenarios {

/// A step that takes a moment until it has an effect. In the background of a `during` it says when it has, so that the
/// other side begins under load, not before it.
class BackgroundStep : public ports::Step {
public:
    /// As run(); requests `effective` once, when the step has an effect.
    [[nodiscard]] virtual std::vector<model::StepResult> run_beside(const ports::StepContext& context,
                                                                    core::Cancel& effective) const = 0;
};

}  // namespace callgate::scenarios
