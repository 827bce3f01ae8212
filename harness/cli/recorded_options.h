#pragma once

#include "harness/cli/command.h"
#include "harness/cli/profile_options.h"
#include "harness/model/run_result.h"

namespace callgate::cli {

/// How `callgate test` read the profiles of a run, by its recorded command line; the defaults where that is not of
/// `callgate test`.
ProfileOptions recorded_reading(const model::RunResult& run, const Invocation& invocation);

}  // namespace callgate::cli
