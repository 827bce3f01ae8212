#pragma once

#include "harness/cli/test_plan.h"
#include "harness/model/run_result.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callgate::cli {

/// What a plan's log mode shows of the use of each profile.
class CoverageOfPlan {
public:
    /// Has the plan's instances in log mode recorded. The plan outlives this. `why_not`: nothing can be recorded here,
    /// and why; "" where it can.
    CoverageOfPlan(TestPlan& test, const std::string& why_not);
    ~CoverageOfPlan();

    /// Adds it to the run; with a `minimum`, in percent, also a case for each profile that says whether it was reached.
    /// Nothing where no profile ran in log mode, and where the run was interrupted.
    void add_to(model::RunResult& run, std::optional<unsigned> minimum) const;

private:
    struct OfProfile;
    std::vector<std::unique_ptr<OfProfile>> profiles_;
};

}  // namespace callgate::cli
