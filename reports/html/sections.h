#pragma once

#include "harness/model/run_result.h"

#include <string>
#include <string_view>

namespace callgate::reports::html {

/// A part of the page with a heading of its own, and an entry in its table of contents.
struct Section {
    std::string_view id;
    std::string_view title;
    /// What stands below the heading; "" leaves the whole section out. A pure function of the run.
    std::string (*body)(const model::RunResult& run);
};

/// One lane for each instance of the workload: its phases, one behind the other, and below them when refusals were
/// first seen.
std::string timeline(const model::RunResult& run);

/// What the profile refuses and the plan does not expect, each with where it was seen and what would permit it.
std::string violations(const model::RunResult& run);

/// What the plan expects to be refused, and was.
std::string expected_refusals(const model::RunResult& run);

/// Every case; those that did not pass with all that is known about them.
std::string cases(const model::RunResult& run);

/// How long the requests of the steps took, in one picture for each mode.
std::string latencies(const model::RunResult& run);

/// How much of each profile was used, and which permission in which case.
std::string coverage(const model::RunResult& run);

/// The smallest repair of each profile.
std::string proposals(const model::RunResult& run);

std::string notes(const model::RunResult& run);

/// What was run, from which files, where.
std::string about(const model::RunResult& run);

}  // namespace callgate::reports::html
