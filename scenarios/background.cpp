#include "scenarios/background.h"

#include <fmt/format.h>

namespace callgate::scenarios {

std::pair<model::Outcome, std::string> failed_with(const ports::StepContext& context, std::string failures) {
    const auto end = context.workload.leader_end();
    if (end.kind == model::ProcessEnd::Kind::running || context.enough != nullptr)
        return {model::Outcome::expectation_missed, std::move(failures)};
    return {model::Outcome::workload_failed,
            fmt::format("the workload ended ({}); {}", model::describe(end), failures)};
}

}  // namespace callgate::scenarios
