#pragma once

#include "harness/ports/variables.h"

#include <string>

namespace callgate::engine {

/// The text with what callgate chose for one instance as the plan has it: `${port.http}` for the number of a port
/// behind a colon, `${workdir}` for the directory.
std::string as_planned(std::string text, const ports::Variables& variables);

}  // namespace callgate::engine
