#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/model/run_result.h"
#include "harness/ports/step.h"
#include "scenarios/build.h"

#include <optional>
#include <string>

namespace callgate::scenarios {

/// {http: URL, status, within}, {tcp: HOST:PORT, within}, {log: TEXT, within} or {exec: [...], within}; asked every few
/// milliseconds until true. `name` and `place` are those of the step around it, where there is one.
/// Null after mistakes.
ports::StepPtr read_readiness(const document::Node& node, const BuildContext& context, core::Diagnostics& diagnostics,
                              const std::string& name = {}, const std::optional<model::Place>& place = std::nullopt);

}  // namespace callgate::scenarios
