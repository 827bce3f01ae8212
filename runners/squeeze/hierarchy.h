#pragma once

#include "harness/core/result.h"

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace callgate::runners {

/// Where one controller of cgroups(7) can be used for a process.
struct Hierarchy {
    int version = 2;               ///< 1: a hierarchy of its own; 2: the unified one
    std::filesystem::path parent;  ///< the group below which a new one can be made
    std::filesystem::path own;     ///< the group that the process is in now
};

/// The hierarchy of a controller ("memory", "pids"). `mounts` is the text of /proc/self/mountinfo, `groups` that of
/// /proc/PID/cgroup. An error says what is missing and the remedy. Only files are read.
core::Result<Hierarchy> find_hierarchy(std::string_view controller, std::string_view mounts, std::string_view groups);

}  // namespace callgate::runners
