#pragma once

#include "harness/core/result.h"
#include "harness/ports/launch.h"

#include <string>

namespace callgate::ports {

/// User id, group and supplementary groups of a login name or number.
core::Result<Identity> find_user(const std::string& name);

}  // namespace callgate::ports
