#include "scenarios/background.h"
#include "scenarios/beside.h"
#include "scenarios/report.h"
#include "scenarios/sequence.h"
#include "scenarios/step_kind.h"
#include "scenarios/step_reader.h"
#include "scenarios/wait.h"

#include <memory>
#include <utility>

namespace callgate::scenarios::steps::during {

namespace {

/// How long the other side waits for the background to have an effect, and how long the background may take to end.
constexpr core::Milliseconds kToBegin{5'000};
constexpr core::Milliseconds kToEnd{15'000};

/// A step in the background, which may tell when it has an effect.
class Background {
public:
    Background(const ports::Step& step, const ports::StepContext& context)
        : tells_{dynamic_cast<const BackgroundStep*>(&step)}, beside_{step.name(), [this, &step, context] {
                                                                          return run(step, context);
                                                                      }} {}

    void wait_until_effective(const ports::StepContext& context) const {
        if (tells_ == nullptr) return;
        auto waiting = context;
        waiting.enough = &effective_;
        // Whatever ends the waiting, the steps that follow see it themselves.
        static_cast<void>(wait_until(waiting, own_deadline(context, kToBegin)));
    }

    /// Ends when the step does.
    std::vector<model::StepResult> join() { return beside_.join(); }

private:
    std::vector<model::StepResult> run(const ports::Step& step, const ports::StepContext& context) {
        const UnderWay under_way{step, context.host};
        if (tells_ == nullptr) return step.run(context);
        auto results = tells_->run_beside(context, effective_);
        effective_.request(1);
        return results;
    }

    const BackgroundStep* tells_;
    core::Cancel effective_;
    Beside beside_;  ///< last: it uses the above
};

class DuringStep final : public ports::Step {
public:
    DuringStep(std::vector<ports::StepPtr> background, std::vector<ports::StepPtr> steps, std::string name,
               model::Place place)
        : background_{std::move(background)},
          steps_{std::move(steps)},
          name_{std::move(name)},
          place_{std::move(place)} {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] bool is_composite() const override { return true; }
    [[nodiscard]] core::Milliseconds limit() const override {
        return add_limits(sum_of_limits(steps_), kToBegin + kToEnd);
    }

    [[nodiscard]] std::vector<model::StepResult> run(const ports::StepContext& context) const override {
        Report report{name_, place_};
        core::Cancel enough;
        auto beside = context;
        beside.deadline = own_deadline(context, limit());
        beside.enough = &enough;
        std::vector<std::unique_ptr<Background>> running;
        for (const auto& step : background_) running.push_back(std::make_unique<Background>(*step, beside));
        for (const auto& background : running) background->wait_until_effective(context);

        auto inner = context;
        inner.deadline = beside.deadline;
        auto results = run_in_turn(steps_, inner);
        enough.request(1);
        for (const auto& background : running) report.add(background->join());
        report.add(std::move(results));
        return context.cancel.requested() ? report.interrupted() : report.finish();
    }

private:
    std::vector<ports::StepPtr> background_;
    std::vector<ports::StepPtr> steps_;
    std::string name_;
    model::Place place_;
};

ports::StepPtr read(const StepSource& source, StepReader& reader, core::Diagnostics& diagnostics) {
    const auto problems = error_count(diagnostics);
    auto background = reader.background(source.value);
    auto steps = source.companion == nullptr ? std::vector<ports::StepPtr>{} : reader.steps(*source.companion);
    if (error_count(diagnostics) != problems) return nullptr;
    auto name = source.name.empty() ? "during" : source.name;
    if (source.name.empty() && !background.empty()) name += " " + background.front()->name();
    return std::make_shared<const DuringStep>(std::move(background), std::move(steps), std::move(name), source.place);
}

}  // namespace

extern const StepKind kStepKind;
const StepKind kStepKind{"during", "does steps while others go on beside them", R"json({
  "during": {
    "description": "One step or a list of them, which begin together and go on until `do` is done.",
    "anyOf": [{"$ref": "#/$defs/step"}, {"$ref": "#/$defs/steps"}]
  },
  "do": {"$ref": "#/$defs/steps"}
})json",
                         "do", read};

}  // namespace callgate::scenarios::steps::during
