#include "harness/ports/read.h"
#include "scenarios/report.h"
#include "scenarios/step_kind.h"
#include "scenarios/step_reader.h"
#include "scenarios/wait.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <utility>

namespace callgate::scenarios::steps::sleep {

namespace {

/// Beyond the time itself, so that a sleep never counts as late.
constexpr core::Milliseconds kRoom{100};

class SleepStep final : public ports::Step {
public:
    SleepStep(core::Milliseconds duration, std::string name, model::Place place)
        : duration_{duration}, name_{std::move(name)}, place_{std::move(place)} {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] core::Milliseconds limit() const override { return duration_ + kRoom; }

    [[nodiscard]] std::vector<model::StepResult> run(const ports::StepContext& context) const override {
        Report report{name_, place_};
        const auto until = std::chrono::steady_clock::now() + duration_;
        const auto woken = wait_until(context, std::min(until, context.deadline));
        if (woken == Woken::cancelled) return report.interrupted();
        if (woken == Woken::deadline && context.deadline < until) {
            return report.finish(model::Outcome::timed_out, "the time was up before the end of the sleep");
        }
        // A workload that ended makes waiting pointless; whether it may end is not for a sleep to say.
        return report.finish(model::Outcome::passed, "");
    }

private:
    core::Milliseconds duration_;
    std::string name_;
    model::Place place_;
};

ports::StepPtr read(const StepSource& source, StepReader& /*reader*/, core::Diagnostics& diagnostics) {
    const auto duration = ports::read_positive_duration(source.value, diagnostics);
    if (!duration) return nullptr;
    auto name = source.name.empty() ? fmt::format("sleep {}", ports::duration_text(*duration)) : source.name;
    return std::make_shared<const SleepStep>(*duration, std::move(name), source.place);
}

}  // namespace

extern const StepKind kStepKind;
const StepKind kStepKind{"sleep", "waits, for what only time brings", R"json({
  "sleep": {"description": "Waits so long. A workload that ends wakes it.", "$ref": "#/$defs/duration"}
})json",
                         "", read};

}  // namespace callgate::scenarios::steps::sleep
