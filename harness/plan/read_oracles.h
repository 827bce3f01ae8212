#pragma once

#include "harness/core/diagnostics.h"
#include "harness/document/node.h"
#include "harness/ports/oracles.h"

namespace callgate::plan {

/// A mapping of oracle names to `on`, `off` or settings; what is wrong is reported.
ports::OracleSettings read_oracles(const document::Node& node, core::Diagnostics& diagnostics);

}  // namespace callgate::plan
