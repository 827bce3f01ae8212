#pragma once

#include "harness/cli/test_plan.h"
#include "harness/model/run_result.h"

#include <cstddef>

namespace callgate::cli {

/// Leaves in the plan what it takes to run again the cases of `earlier` that did not pass: their instances, and in the
/// one that scenarios share those scenarios only; all of them where its shutdown failed. The number of such cases that
/// the plan still has.
std::size_t keep_failed(const model::RunResult& earlier, TestPlan& test);

}  // namespace callgate::cli
