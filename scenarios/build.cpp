#include "scenarios/build.h"

#include "scenarios/readiness.h"
#include "scenarios/step_reader.h"

#include <utility>

namespace callgate::scenarios {

std::vector<ports::StepPtr> build_steps(const std::vector<document::Node>& steps, core::Diagnostics& diagnostics,
                                        const BuildContext& context) {
    StepReader reader{context, diagnostics};
    std::vector<ports::StepPtr> built;
    for (const auto& node : steps) {
        if (auto step = reader.step(node)) built.push_back(std::move(step));
    }
    return built;
}

std::vector<ports::StepPtr> build_steps(const document::Node& list, core::Diagnostics& diagnostics,
                                        const BuildContext& context) {
    return StepReader{context, diagnostics}.steps(list);
}

std::vector<ports::StepPtr> build_commands(const document::Node& list, core::Diagnostics& diagnostics,
                                           const BuildContext& context) {
    // Each as if it stood in a step of its own; StepReader reports what is no list.
    auto steps = list;
    for (auto& item : steps.items) {
        document::Node step;
        step.kind = document::Node::Kind::mapping;
        step.span = item.span;
        step.members.push_back({"exec", item.span, item});
        item = std::move(step);
    }
    return build_steps(steps, diagnostics, context);
}

ports::StepPtr build_ready(const document::Node& ready, core::Diagnostics& diagnostics, const BuildContext& context) {
    return read_readiness(ready, context, diagnostics);
}

}  // namespace callgate::scenarios
