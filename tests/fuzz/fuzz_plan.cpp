// Any bytes as a plan: read or refused, with every diagnostic printable.
#include "harness/core/diagnostics.h"
#include "harness/document/expand.h"
#include "harness/plan/plan.h"
#include "harness/plan/variables.h"
#include "scenarios/build.h"
#include "scenarios/library.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

using namespace callgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto source = std::make_shared<const core::SourceText>(
        core::SourceText{"plan.yaml", std::string{reinterpret_cast<const char*>(data), size}});
    core::Diagnostics diagnostics;
    const auto documents = document::parse_yaml(source, diagnostics);
    if (documents && !documents->empty()) {
        const plan::Environment environment{{"HOME", "/root"}};
        // A source that a plan names is looked for where nothing is.
        const auto plan = plan::read_plan(documents->front(), "/proc/self/fdinfo", environment, diagnostics);
        if (plan) {
            const auto known = plan::known_variables(*plan, environment);
            for (const auto& scenario : plan->scenarios) {
                auto steps = scenario.steps;
                if (!scenario.use.empty()) {
                    steps = scenarios::instantiate(scenario.use, scenario.with, scenario.use_span, diagnostics)
                                .value_or(scenarios::UsedScenario{})
                                .steps;
                }
                for (auto& step : steps) step = document::expand(step, known, diagnostics);
                for (const auto& step : scenarios::build_steps(steps, diagnostics)) (void)step->limit();
            }
            if (const auto* ready = plan->workload.find("ready")) {
                (void)scenarios::build_ready(document::expand(*ready, known, diagnostics), diagnostics);
            }
        }
    }
    (void)core::render(diagnostics);
    return 0;
}
