#pragma once

#include "harness/model/run_result.h"

#include <string>
#include <vector>

namespace callgate::tests {

/// Results of runs, as the engine would hand them to the reports; shared by everything that tests a report.

/// Two modes, nothing unexpected, one refusal that the plan expects.
model::RunResult passing_run();
/// Two profiles, of which the use was measured and could not be.
model::RunResult covered_run();

/// nginx under a profile that lacks three system calls: log, errno and enforce mode, an expectation missed, a proposal.
model::RunResult violated_run();

/// The host cannot run it; the other case was skipped for that.
model::RunResult setup_failed_run();

/// Stopped by SIGTERM after the first of three cases.
model::RunResult interrupted_run();

/// `callgate run`: one command, no plan, ended by a signal.
model::RunResult single_command_run();

/// Every string holds what some sink would act on: escapes, markup, CI commands, bidi controls, invalid UTF-8.
model::RunResult hostile_run();

/// 10,000 distinct violations in one case.
model::RunResult crowded_run();

/// 10,000 distinct violations in 1,000 cases, each of which says much.
model::RunResult huge_run();

struct NamedRun {
    std::string name;  ///< of its golden files
    model::RunResult run;
};

/// Those that have golden files.
std::vector<NamedRun> golden_runs();

}  // namespace callgate::tests
