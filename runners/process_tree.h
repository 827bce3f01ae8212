#pragma once

#include <sys/types.h>

#include <vector>

namespace callgate::runners {

/// Every process that descends from `root`, by /proc; `root` itself not included, zombies neither.
std::vector<pid_t> descendants(pid_t root);

}  // namespace callgate::runners
