#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/model/run_result.h"
#include "harness/ports/step.h"

#include <span>
#include <string>
#include <string_view>

namespace callgate::scenarios {

class StepReader;

/// A step as its kind gets to read it. Borrowed for the call.
struct StepSource {
    const document::Node& value;                ///< of the kind's key
    const document::Node* companion = nullptr;  ///< of the key beside it, where the kind has one and the plan too
    const document::Node& step;                 ///< the whole mapping
    std::string name;                           ///< what the plan calls the step, or ""
    model::Place place;
};

/// A kind of step: one file in steps/, one line in step_kinds.inc.
struct StepKind {
    std::string_view name;
    std::string_view summary;
    /// JSON: the properties that a step of this kind has, as {"kind": {schema}, "companion": {schema}}. References
    /// into the plan's schema (#/$defs/duration, text, count, signal, statuses, words, command, ready, step, steps) are
    /// fine.
    std::string_view schema;
    /// A key that must stand beside the kind's own, as `do` beside `during`; "" for none.
    std::string_view companion;
    /// The step, or null after everything that is wrong with it was reported.
    ports::StepPtr (*read)(const StepSource& source, StepReader& reader, core::Diagnostics& diagnostics);
};

/// All kinds, sorted by name.
std::span<const StepKind* const> step_kinds();

}  // namespace callgate::scenarios
