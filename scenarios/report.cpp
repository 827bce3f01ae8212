#include "scenarios/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace callgate::scenarios {

namespace {

/// How bad an outcome is; `skipped` explains nothing and yields to everything but `passed`.
int rank(model::Outcome outcome) {
    if (outcome == model::Outcome::passed) return 0;
    return outcome == model::Outcome::skipped ? 1 : 1 + static_cast<int>(outcome);
}

}  // namespace

void Report::add(std::vector<model::StepResult> nested) {
    nested_.insert(nested_.end(), std::make_move_iterator(nested.begin()), std::make_move_iterator(nested.end()));
}

std::vector<model::StepResult> Report::finish(std::vector<model::Metric> metrics) {
    const auto worst = std::max_element(nested_.begin(), nested_.end(),
                                        [](const auto& a, const auto& b) { return rank(a.outcome) < rank(b.outcome); });
    if (worst == nested_.end() || worst->outcome == model::Outcome::passed) {
        return finish(model::Outcome::passed, "", std::move(metrics));
    }
    return finish(worst->outcome, fmt::format("'{}' did not pass", worst->name), std::move(metrics));
}

std::vector<model::StepResult> Report::finish(model::Outcome outcome, std::string message,
                                              std::vector<model::Metric> metrics) {
    model::StepResult own;
    own.name = name_;
    own.outcome = outcome;
    own.message = std::move(message);
    own.duration = std::chrono::duration_cast<core::Milliseconds>(std::chrono::steady_clock::now() - start_);
    own.metrics = std::move(metrics);
    own.place = place_;
    own.observations = std::move(observations_);
    own.latency = std::move(latency_);
    auto all = std::move(nested_);
    all.push_back(std::move(own));
    return all;
}

bool all_passed(const std::vector<model::StepResult>& results) {
    return std::all_of(results.begin(), results.end(),
                       [](const model::StepResult& r) { return r.outcome == model::Outcome::passed; });
}

}  // namespace callgate::scenarios
