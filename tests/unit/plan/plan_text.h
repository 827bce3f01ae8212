#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/plan/plan.h"

#include <memory>
#include <optional>
#include <string>

namespace callgate::plan {

/// A plan written in a test, read as if it stood in `directory`.
struct PlanText {
    core::Diagnostics diagnostics;
    std::optional<Plan> plan;

    explicit PlanText(const std::string& text, const Environment& environment = {},
                      const std::filesystem::path& directory = "/plans") {
        const auto source = std::make_shared<const core::SourceText>(core::SourceText{"plan.yaml", text});
        const auto documents = document::parse_yaml(source, diagnostics);
        if (documents && documents->size() == 1) {
            plan = read_plan(documents->front(), directory, environment, diagnostics);
        }
    }

    [[nodiscard]] std::string said() const { return core::render(diagnostics); }
};

/// The first lines of every plan that is about something else.
inline const std::string kStart = "version: 1\nname: demo\n";
inline const std::string kWorkload = "workload: {command: [demo]}\n";

}  // namespace callgate::plan
