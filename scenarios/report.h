#pragma once

#include "harness/core/clock.h"
#include "harness/model/run_result.h"

#include <string>
#include <utility>
#include <vector>

namespace callgate::scenarios {

/// What a step says of itself: made when it starts, asked for the result when it ends.
class Report {
public:
    Report(std::string name, model::Place place) : name_{std::move(name)}, place_{std::move(place)} {}

    /// What nested steps had to say; it stands in front of the step's own result.
    void add(std::vector<model::StepResult> nested);
    [[nodiscard]] const std::vector<model::StepResult>& nested() const { return nested_; }

    /// The result of the nested steps together: the worst of them, and which one it was.
    [[nodiscard]] std::vector<model::StepResult> finish(std::vector<model::Metric> metrics = {});

    [[nodiscard]] std::vector<model::StepResult> finish(model::Outcome outcome, std::string message,
                                                        std::vector<model::Metric> metrics = {});

    /// For the comparison with the reference run; put into the step's own result.
    void observe(std::string subject, std::string value) {
        observations_.push_back({std::move(subject), std::move(value)});
    }
    void set_latency(std::vector<model::LatencyBucket> latency) { latency_ = std::move(latency); }

    [[nodiscard]] std::vector<model::StepResult> interrupted() {
        return finish(model::Outcome::skipped, "interrupted");
    }

private:
    std::string name_;
    model::Place place_;
    core::SteadyTime start_ = std::chrono::steady_clock::now();
    std::vector<model::StepResult> nested_;
    std::vector<model::Observation> observations_;
    std::vector<model::LatencyBucket> latency_;
};

/// True when every one of them passed.
bool all_passed(const std::vector<model::StepResult>& results);

}  // namespace callgate::scenarios
