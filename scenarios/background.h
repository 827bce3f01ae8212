#pragma once

#include "harness/core/cancel.h"
#include "harness/ports/step.h"

#include <string>
#include <utility>
#include <vector>

namespace callgate::scenarios {

/// A step that takes a moment until it has an effect. In the background of a `during` it says when it has, so that the
/// other side begins under load, not before it.
class BackgroundStep : public ports::Step {
public:
    [[nodiscard]] std::vector<model::StepResult> run(const ports::StepContext& context) const final {
        core::Cancel nobody_waits;
        return run_beside(context, nobody_waits);
    }

    /// As run(); requests `effective` once, when the step has an effect.
    [[nodiscard]] virtual std::vector<model::StepResult> run_beside(const ports::StepContext& context,
                                                                    core::Cancel& effective) const = 0;
};

/// What failures at the network mean: the workload's own end where it is gone and nobody else can have ended it on
/// purpose, as the other side of a `during` can; else an expectation that was missed.
std::pair<model::Outcome, std::string> failed_with(const ports::StepContext& context, std::string failures);

}  // namespace callgate::scenarios
