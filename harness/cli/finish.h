#pragma once

#include "harness/cli/command.h"
#include "harness/model/run_result.h"

namespace callgate::cli {

/// The run with callgate's version and command line filled in and every secret taken out; only this is stored or shown.
model::RunResult finished(model::RunResult run, const Invocation& invocation);

}  // namespace callgate::cli
