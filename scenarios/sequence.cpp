#include "scenarios/sequence.h"

#include "scenarios/report.h"

#include <iterator>
#include <utility>

namespace callgate::scenarios {

UnderWay::UnderWay(const ports::Step& step, ports::StepHost* host)
    : name_{step.name()}, host_{step.is_composite() ? nullptr : host} {
    if (host_ != nullptr) host_->begin_step(name_);
}

UnderWay::~UnderWay() {
    if (host_ != nullptr) host_->end_step(name_);
}

std::vector<model::StepResult> run_in_turn(const std::vector<ports::StepPtr>& steps,
                                           const ports::StepContext& context) {
    std::vector<model::StepResult> all;
    for (const auto& step : steps) {
        const UnderWay under_way{*step, context.host};
        auto results = step->run(context);
        const bool passed = all_passed(results);
        all.insert(all.end(), std::make_move_iterator(results.begin()), std::make_move_iterator(results.end()));
        if (!passed || context.cancel.requested()) break;
    }
    return all;
}

}  // namespace callgate::scenarios
