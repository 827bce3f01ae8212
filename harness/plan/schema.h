#pragma once

#include <string>
#include <utility>
#include <vector>

namespace callgate::plan {

/// The JSON Schema (draft-07) of a plan, with the step kinds filled in: for each its name and, as JSON text, the
/// properties that a step of the kind has (its own key, and keys that stand beside it). Ends with a newline.
std::string schema_text(const std::vector<std::pair<std::string, std::string>>& step_schemas);

}  // namespace callgate::plan
