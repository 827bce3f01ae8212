#pragma once

#include "harness/core/diagnostics.h"
#include "harness/model/profile.h"

#include <string>
#include <vector>

namespace callgate::profiles {

/// "CAP_CHOWN", ...: every capability of the kernel (linux/capability.h), in the order of their numbers.
const std::vector<std::string>& known_capabilities();

/// Warns of a word that names no capability: a condition that asks for it never changes anything.
void warn_of_capability(const model::Profile::Name& name, core::Diagnostics& diagnostics);

}  // namespace callgate::profiles
