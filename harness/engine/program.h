#pragma once

#include "harness/core/result.h"

#include <map>
#include <string>

namespace callgate::engine {

/// The path that execvp(3) would execute: a name with a slash as it is (seen from `directory`), else the first match in
/// PATH of `environment`. The error says where it looked.
core::Result<std::string> find_program(const std::string& name, const std::map<std::string, std::string>& environment,
                                       const std::string& directory);

}  // namespace callgate::engine
