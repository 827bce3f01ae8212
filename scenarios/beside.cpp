#include "scenarios/beside.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace callgate::scenarios {

Beside::Beside(std::string name, Work work)
    : name_{std::move(name)}, work_{std::move(work)}, thread_{[this] { run(); }} {}

std::vector<model::StepResult> Beside::join() {
    thread_.join();
    return std::move(results_);
}

void Beside::run() {
    try {
        results_ = work_();
    } catch (const std::exception& error) {
        // Nobody stands above a thread to catch it.
        model::StepResult result;
        result.name = name_;
        result.outcome = model::Outcome::harness_fault;
        result.message = fmt::format("a bug in callgate: {}", error.what());
        results_.push_back(std::move(result));
    }
}

}  // namespace callgate::scenarios
