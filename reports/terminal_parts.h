#pragma once

#include "harness/model/run_result.h"
#include "reports/page.h"

namespace callgate::reports {

/// The cases of each profile and mode: one line where all of them passed, else a table.
void write_cases(Page& page, const model::RunResult& run);

/// The refusals that the plan does not expect, one block per system call: what log mode saw first.
void write_findings(Page& page, const model::RunResult& run);

/// For each case that failed for another reason than a refusal: what was seen, what was wanted, the last output.
void write_failures(Page& page, const model::RunResult& run);

/// How much of each profile was used; with more detail, where.
void write_coverage(Page& page, const model::RunResult& run);

}  // namespace callgate::reports
