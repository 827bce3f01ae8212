#pragma once

#include "harness/cli/test_plan.h"
#include "harness/model/run_result.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}

namespace callgate::cli {

/// What a plan's log mode shows of the use of each profile.
class CoverageOfPlan {
public:
    /// Has the plan's instances in log mode recorded. The plan outlives this. `why_not`: nothing can be recorded here,
    /// and why; "" where it can.
    CoverageOfPlan(TestPlan& test, const std::string& why_not);
    ~CoverageOfPlan();

    /// Adds it to the run. Nothing where no profile ran in log mode, and where the run was interrupted.
    void add_to(model::RunResult& run) const;

private:
    struct OfProfile;
    std::vector<std::unique_ptr<OfProfile>> profiles_;
};

/// --min-coverage PERCENT
void declare_min_coverage(CLI::App& app, std::optional<unsigned>& percent);

/// Adds to the run a case for each of its profiles that says whether so many percent of it were used, in place of such
/// cases that are there.
void judge_coverage(model::RunResult& run, unsigned minimum);

}  // namespace callgate::cli
