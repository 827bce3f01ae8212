#include "harness/document/read.h"
#include "scenarios/readiness.h"
#include "scenarios/report.h"
#include "scenarios/step_kind.h"
#include "scenarios/step_reader.h"
#include "scenarios/wait.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

namespace callgate::scenarios::steps::ready {

namespace {

/// Asks what the workload's own `ready` asks.
class DeclaredReadyStep final : public ports::Step {
public:
    DeclaredReadyStep(core::Milliseconds within, std::string name, model::Place place)
        : within_{within}, name_{std::move(name)}, place_{std::move(place)} {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] core::Milliseconds limit() const override { return within_; }

    [[nodiscard]] std::vector<model::StepResult> run(const ports::StepContext& context) const override {
        Report report{name_, place_};
        if (context.readiness == nullptr) {
            // Without a declared readiness a workload is ready as long as it runs.
            const auto end = context.workload.leader_end();
            if (end.kind == model::ProcessEnd::Kind::running) return report.finish(model::Outcome::passed, "");
            return report.finish(model::Outcome::workload_failed, "the workload ended: " + model::describe(end));
        }
        auto inner = context;
        inner.deadline = own_deadline(context, within_);
        auto results = context.readiness->run(inner);
        for (auto& result : results) {
            result.name = name_;
            result.place = place_;
        }
        return results;
    }

private:
    core::Milliseconds within_;
    std::string name_;
    model::Place place_;
};

ports::StepPtr read(const StepSource& source, StepReader& reader, core::Diagnostics& diagnostics) {
    static constexpr std::array<std::string_view, 5> kOwn{"http", "status", "tcp", "log", "exec"};
    const auto& value = source.value;
    if (std::any_of(value.members.begin(), value.members.end(), [](const document::Member& member) {
            return std::find(kOwn.begin(), kOwn.end(), member.key) != kOwn.end();
        })) {
        return read_readiness(value, reader.context(), diagnostics, source.name, source.place);
    }
    // `ready:` with nothing behind it says the same as `ready: {}`.
    if (value.kind == document::Node::Kind::null) {
        return std::make_shared<const DeclaredReadyStep>(reader.context().ready_within,
                                                         source.name.empty() ? "ready" : source.name, source.place);
    }
    const auto problems = error_count(diagnostics);
    document::MappingReader mapping{value, "ready", diagnostics};
    for (const auto key : kOwn) static_cast<void>(mapping.optional(key));
    const auto within = read_within(mapping, "within", reader.context().ready_within, diagnostics);
    mapping.finish();
    if (error_count(diagnostics) != problems) return nullptr;
    return std::make_shared<const DeclaredReadyStep>(within, source.name.empty() ? "ready" : source.name, source.place);
}

}  // namespace

extern const StepKind kStepKind;
const StepKind kStepKind{"ready", "asks again whether the workload is ready", R"json({
  "ready": {
    "description": "{}: what the workload's own `ready` asks; or something else, written in the same way.",
    "anyOf": [{"$ref": "#/$defs/ready"}, {"type": "null"}]
  }
})json",
                         "", read};

}  // namespace callgate::scenarios::steps::ready
