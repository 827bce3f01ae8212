#pragma once

#include "harness/core/result.h"
#include "harness/model/run_result.h"

#include <cstddef>
#include <string>

namespace callgate::reports {

/// The index of the case that a person means: by its exact name, its number in the report (from 1), or a glob or a part
/// of the name that fits one case only. The error lists, with their numbers, the cases that come into question.
core::Result<std::size_t> pick_case(const model::RunResult& run, const std::string& wanted);

}  // namespace callgate::reports
