#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/model/run_result.h"
#include "scenarios/build.h"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

namespace callgate::scenarios {

inline document::Node parse_node(const std::string& yaml, core::Diagnostics& diagnostics) {
    const auto source = std::make_shared<const core::SourceText>(core::SourceText{"plan.yaml", yaml});
    const auto documents = document::parse_yaml(source, diagnostics);
    INFO(core::render(diagnostics));
    REQUIRE(documents.has_value());
    REQUIRE(documents->size() == 1);
    return documents->front();
}

/// Steps written in a test, a list as in a plan.
struct StepsText {
    core::Diagnostics diagnostics;
    std::vector<ports::StepPtr> steps;

    explicit StepsText(const std::string& yaml, const BuildContext& context = {}) {
        steps = build_steps(parse_node(yaml, diagnostics).items, diagnostics, context);
    }
    [[nodiscard]] std::string said() const { return core::render(diagnostics); }
};

inline ports::StepPtr build_step(const std::string& yaml) {
    StepsText text{"- " + yaml};
    INFO(text.said());
    REQUIRE(text.steps.size() == 1);
    REQUIRE(text.diagnostics.all().empty());
    return text.steps.front();
}

inline double metric(const model::StepResult& result, const std::string& name) {
    for (const auto& metric : result.metrics) {
        if (metric.name == name) return metric.value;
    }
    return -1;
}

/// "passed", or "expectation-missed: status 500 …".
inline std::string told(const model::StepResult& result) {
    const std::string outcome{model::outcome_name(result.outcome)};
    return result.message.empty() ? outcome : outcome + ": " + result.message;
}

}  // namespace callgate::scenarios
