#include "scenarios/beside.h"
#include "scenarios/report.h"
#include "scenarios/sequence.h"
#include "scenarios/step_kind.h"
#include "scenarios/step_reader.h"
#include "scenarios/wait.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace callgate::scenarios::steps::parallel {

namespace {

constexpr std::size_t kMostSides = 64;

using Side = std::vector<ports::StepPtr>;

class ParallelStep final : public ports::Step {
public:
    ParallelStep(std::vector<Side> sides, std::string name, model::Place place)
        : sides_{std::move(sides)}, name_{std::move(name)}, place_{std::move(place)} {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] bool is_composite() const override { return true; }
    [[nodiscard]] core::Milliseconds limit() const override {
        core::Milliseconds longest{0};
        for (const auto& side : sides_) longest = std::max(longest, sum_of_limits(side));
        return longest;
    }

    [[nodiscard]] std::vector<model::StepResult> run(const ports::StepContext& context) const override {
        Report report{name_, place_};
        std::vector<std::unique_ptr<Beside>> running;
        for (const auto& side : sides_) {
            running.push_back(std::make_unique<Beside>(side.front()->name(),
                                                       [&side, &context] { return run_in_turn(side, context); }));
        }
        for (const auto& side : running) report.add(side->join());
        return context.cancel.requested() ? report.interrupted() : report.finish();
    }

private:
    std::vector<Side> sides_;
    std::string name_;
    model::Place place_;
};

ports::StepPtr read(const StepSource& source, StepReader& reader, core::Diagnostics& diagnostics) {
    const auto problems = error_count(diagnostics);
    const auto& value = source.value;
    std::vector<Side> sides;
    if (value.kind != document::Node::Kind::sequence) {
        diagnostics.error(value.span, fmt::format("{} stands where a list of sides is wanted", kind_name(value)),
                          "a list in which each item, a step or a list of steps, goes on beside the others");
    } else if (value.items.size() < 2 || value.items.size() > kMostSides) {
        diagnostics.error(value.span, fmt::format("parallel has {} side{}, wanted: 2 to {}", value.items.size(),
                                                  value.items.size() == 1 ? "" : "s", kMostSides));
    }
    for (const auto& item : value.items) {
        auto list = item;
        if (item.kind != document::Node::Kind::sequence) {
            list = {};
            list.kind = document::Node::Kind::sequence;
            list.span = item.span;
            list.items = {item};
        }
        sides.push_back(reader.steps(list));
    }
    if (error_count(diagnostics) != problems) return nullptr;
    auto name = source.name.empty() ? fmt::format("parallel x{}", sides.size()) : source.name;
    return std::make_shared<const ParallelStep>(std::move(sides), std::move(name), source.place);
}

}  // namespace

extern const StepKind kStepKind;
const StepKind kStepKind{"parallel", "does several lists of steps at the same time, until all have ended", R"json({
  "parallel": {
    "description": "Each item, one step or a list of steps in turn, goes on beside the others until all have ended.",
    "type": "array",
    "minItems": 2,
    "maxItems": 64,
    "items": {"anyOf": [{"$ref": "#/$defs/step"}, {"$ref": "#/$defs/steps"}]}
  }
})json",
                         "", read};

}  // namespace callgate::scenarios::steps::parallel
