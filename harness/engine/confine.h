#pragma once

#include "harness/engine/engine.h"
#include "harness/ports/launch.h"

#include <string>
#include <vector>

namespace callgate::engine {

/// The candidate's filter made ready for a mode.
core::Result<ports::Confinement> confine(const Candidate& candidate, model::Mode mode,
                                         const std::vector<std::string>& never_let_through);

}  // namespace callgate::engine
