#pragma once

#include "harness/core/result.h"
#include "harness/model/run_result.h"

#include <string>

namespace callgate::cli {

/// The run of the run.json at `path`, or of the one in the directory at `path`. The error names the file.
core::Result<model::RunResult> read_report(const std::string& path);

}  // namespace callgate::cli
