#pragma once

#include "harness/core/result.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::runners {

/// Runs a child under a filter that answers one call with SECCOMP_RET_TRACE and sees whether the stop arrives.
/// The error names the step that failed and the remedy.
core::Status probe_trace_stop();

/// Something that this host can or cannot do, found by doing it.
struct HostProbe {
    std::string name;
    std::string needed_for;
    bool required = false;  ///< by modes log, errno and enforce
    core::Status result;
    std::span<const std::string_view> limits{};  ///< what it cannot do even where it works, each as the end of "it …"
};

/// Everything that callgate may want of a host. Takes some milliseconds; leaves nothing behind.
std::vector<HostProbe> probe_host();

}  // namespace callgate::runners
