#pragma once

#include "harness/engine/engine.h"
#include "harness/engine/phases.h"
#include "harness/model/refusal.h"
#include "harness/model/run_result.h"

#include <string>
#include <string_view>
#include <vector>

namespace callgate::engine {

/// The one of two outcomes that says more against a run.
model::Outcome worse(model::Outcome a, model::Outcome b);

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
    std::vector<model::OracleMiss> oracles;

    /// The worse of two outcomes stays; a reason belongs to each.
    void add(model::Outcome seen, std::string reason);

    /// An oracle found something.
    void miss(std::string_view oracle, const std::string& message,
              model::Outcome seen = model::Outcome::expectation_missed);
};

/// What a case is judged against besides its own draft.
struct Judgement {
    const RunPlan& plan;
    const Suite& suite;
    core::SteadyTime launched;
    std::vector<Phase> phases;
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
