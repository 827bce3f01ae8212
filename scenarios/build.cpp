#include "scenarios/build.h"

#include "scenarios/readiness.h"
#include "scenarios/step_reader.h"

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

ports::StepPtr build_ready(const document::Node& ready, core::Diagnostics& diagnostics, const BuildContext& context) {
    return read_readiness(ready, context, diagnostics);
}

}  // namespace callgate::scenarios
