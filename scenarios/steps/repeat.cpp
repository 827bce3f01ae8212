#include "harness/document/read.h"
#include "harness/ports/read.h"
#include "scenarios/report.h"
#include "scenarios/sequence.h"
#include "scenarios/step_kind.h"
#include "scenarios/step_reader.h"
#include "scenarios/wait.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace callgate::scenarios::steps::repeat {

namespace {

constexpr std::int64_t kMostTimes = 1'000'000;

struct Options {
    std::optional<std::int64_t> times;
    std::optional<core::Milliseconds> duration;
    core::Milliseconds within{0};
    std::vector<ports::StepPtr> steps;
};

class RepeatStep final : public ports::Step {
public:
    RepeatStep(Options options, std::string name, model::Place place)
        : options_{std::move(options)}, name_{std::move(name)}, place_{std::move(place)} {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] bool is_composite() const override { return true; }
    [[nodiscard]] core::Milliseconds limit() const override { return options_.within; }

    [[nodiscard]] std::vector<model::StepResult> run(const ports::StepContext& context) const override {
        Report report{name_, place_};
        const auto began = std::chrono::steady_clock::now();
        auto inner = context;
        if (options_.times || options_.duration) inner.deadline = own_deadline(context, options_.within);
        std::vector<model::StepResult> last;
        std::int64_t rounds = 0;
        bool passed = true;
        while (passed && more(rounds, began, context)) {
            if (std::chrono::steady_clock::now() >= inner.deadline) return late(report, std::move(last), rounds);
            // A thousand rounds would fill a report: the last one stands for all that passed before it.
            last = run_in_turn(options_.steps, inner);
            passed = all_passed(last);
            ++rounds;
        }
        if (context.cancel.requested()) return report.interrupted();
        report.add(std::move(last));
        auto results = report.finish({{"rounds", static_cast<double>(rounds)}});
        if (!passed) results.back().message += fmt::format(" in round {}", rounds);
        return results;
    }

private:
    [[nodiscard]] bool more(std::int64_t rounds, core::SteadyTime began, const ports::StepContext& context) const {
        if (context.cancel.requested() || (context.enough != nullptr && context.enough->requested())) return false;
        if (options_.times && rounds >= *options_.times) return false;
        return !options_.duration ||
               std::chrono::steady_clock::now() - began < ports::lasting(context.speed, *options_.duration);
    }

    [[nodiscard]] std::vector<model::StepResult> late(Report& report, std::vector<model::StepResult> last,
                                                      std::int64_t rounds) const {
        report.add(std::move(last));
        const auto wanted = options_.times ? fmt::format(" of {}", *options_.times) : std::string{};
        return report.finish(model::Outcome::timed_out,
                             fmt::format("{}{} rounds done when the time was up", rounds, wanted),
                             {{"rounds", static_cast<double>(rounds)}});
    }

    Options options_;
    std::string name_;
    model::Place place_;
};

Options read_options(const document::Node& value, StepReader& reader, core::Diagnostics& diagnostics) {
    Options options;
    document::MappingReader mapping{value, "repeat", diagnostics};
    options.times = mapping.integer("times", 1, kMostTimes);
    if (const auto* duration = mapping.optional("for")) {
        options.duration = ports::read_positive_duration(*duration, diagnostics);
        if (value.find("times") != nullptr) {
            diagnostics.error(key_span(value, "for"), "'for' stands beside 'times': one or the other");
        }
    } else if (mapping.is_mapping() && value.find("times") == nullptr && !reader.in_background()) {
        diagnostics.error(value.span, "repeat has none of 'times', 'for'");
    }
    if (const auto* steps = mapping.required("steps")) options.steps = reader.steps(*steps);
    const auto round = sum_of_limits(options.steps);
    const auto usual =
        options.duration ? add_limits(*options.duration, round) : multiply_limit(round, options.times.value_or(1));
    options.within = read_within(mapping, "within", usual, diagnostics);
    mapping.finish();
    return options;
}

ports::StepPtr read(const StepSource& source, StepReader& reader, core::Diagnostics& diagnostics) {
    const auto problems = error_count(diagnostics);
    auto options = read_options(source.value, reader, diagnostics);
    if (error_count(diagnostics) != problems) return nullptr;
    auto name = source.name;
    if (name.empty()) {
        name = options.times      ? fmt::format("repeat x{}", *options.times)
               : options.duration ? fmt::format("repeat {}", ports::duration_text(*options.duration))
                                  : "repeat";
    }
    return std::make_shared<const RepeatStep>(std::move(options), std::move(name), source.place);
}

}  // namespace

extern const StepKind kStepKind;
const StepKind kStepKind{"repeat", "does steps again and again", R"json({
  "repeat": {
    "description": "Does the steps in turn, again and again, until one does not pass.",
    "type": "object",
    "additionalProperties": false,
    "required": ["steps"],
    "properties": {
      "times": {"description": "So many rounds.", "$ref": "#/$defs/count"},
      "for": {"description": "New rounds begin so long; not with times.", "$ref": "#/$defs/duration"},
      "steps": {"$ref": "#/$defs/steps"},
      "within": {"description": "A deadline for all rounds.", "$ref": "#/$defs/duration"}
    }
  }
})json",
                         "", read};

}  // namespace callgate::scenarios::steps::repeat
