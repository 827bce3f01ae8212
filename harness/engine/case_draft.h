#pragma once

#include "harness/engine/engine.h"
#include "harness/model/refusal.h"
#include "harness/model/run_result.h"

#include <string>
#include <vector>

namespace callgate::engine {

/// What was seen of one case while it ran, without its refusals.
struct CaseDraft {
    std::string scenario;
    model::Place place;
    core::Milliseconds duration{0};
    std::vector<model::StepResult> steps;
    model::Outcome outcome = model::Outcome::passed;  ///< of everything but refusals and gaps
    std::vector<std::string> reasons;
    std::vector<std::string> notes;
    std::optional<model::ProcessEnd> end;

    /// The worse of two outcomes stays; a reason belongs to each.
    void add(model::Outcome seen, std::string reason);
};

/// Which case and step a phase number of the trap stands for.
struct Phase {
    std::size_t case_index = 0;
    std::string step;
};

/// What a case is judged against besides its own draft.
struct Judgement {
    const RunPlan& plan;
    const Suite& suite;
    core::SteadyTime launched;
    const std::vector<Phase>& phases;
};

/// What the watching of an instance gave, all cases together.
struct Sightings {
    std::vector<model::Refusal> refusals;
    ports::Gaps gaps;
    std::vector<ports::Note> notes;

    /// Of what an instance has seen so far.
    static Sightings of(const ports::Instance& instance);
};

/// The case with its refusals in words, split into expected ones and violations, and its final outcome.
/// Refusals and notes of other cases are passed over; gaps concern every case. Pure.
model::CaseResult judge(const Judgement& against, std::size_t case_index, const CaseDraft& draft,
                        const Sightings& seen);

}  // namespace callgate::engine
