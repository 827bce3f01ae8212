#pragma once

#include "harness/core/result.h"
#include "harness/model/run_result.h"

#include <string_view>

namespace callgate::reports {

/// The run that a run.json (schema callgate.run/1) tells of, so that it can be reported again. What the file does not
/// hold is empty: the text and diff of proposals, the raw calls, what older versions did not write. What this version
/// wrote gives the same bytes when written again.
core::Result<model::RunResult> read_run(std::string_view json_text);

}  // namespace callgate::reports
