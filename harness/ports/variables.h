#pragma once

#include <map>
#include <string>

namespace callgate::ports {

/// What `${name}` stands for in a plan: "workdir", "port.http", "plan.dir", "env.HOME", "with.url".
using Variables = std::map<std::string, std::string>;

}  // namespace callgate::ports
