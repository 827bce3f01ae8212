#include "scenarios/sequence.h"

#include "scenarios/report.h"

#include <iterator>
#include <utility>

namespace callgate::scenarios {

std::vector<model::StepResult> run_in_turn(const std::vector<ports::StepPtr>& steps,
                                           const ports::StepContext& context) {
    std::vector<model::StepResult> all;
    for (const auto& step : steps) {
        auto results = step->run(context);
        const bool passed = all_passed(results);
        all.insert(all.end(), std::make_move_iterator(results.begin()), std::make_move_iterator(results.end()));
        if (!passed || context.cancel.requested()) break;
    }
    return all;
}

}  // namespace callgate::scenarios
