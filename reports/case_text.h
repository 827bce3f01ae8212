#pragma once

#include "harness/model/run_result.h"
#include "reports/findings.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::reports {

/// Everything that a person needs about a case that did not pass, as plain text that stands alone: outcome, reasons,
/// refusals, failed steps, last output. No line begins with text of the workload; places stand as "  at file:line",
/// which is where readers of JUnit files look for them.
std::string case_text(const model::CaseResult& result);

/// One thing that a profile refuses, as case_text() shows it: where it was seen, with which arguments and from where,
/// and what would permit it.
std::string finding_text(const Finding& finding);

/// The cases in their order, those that did not pass in front: should some not fit, they are ones that passed.
std::vector<const model::CaseResult*> failed_first(const model::RunResult& run);

/// The steps of a case as a table, one line each; "" without steps.
std::string step_table(const model::CaseResult& result);

/// The last lines of the workload's output, each behind "| "; at most `lines` of them.
std::string quoted_tail(std::string_view log, std::size_t lines);

/// The text if it has at most `limit` bytes, else its beginning and its end and, between, how much is missing.
std::string head_and_tail(std::string_view text, std::size_t limit);

}  // namespace callgate::reports
