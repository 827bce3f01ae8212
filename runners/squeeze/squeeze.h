#pragma once

#include "harness/core/result.h"
#include "harness/ports/shortage.h"

#include <sys/types.h>

#include <functional>
#include <memory>
#include <vector>

namespace callgate::runners {

/// Every live process of a tree, asked again whenever it may have changed.
using ProcessList = std::function<std::vector<pid_t>()>;

/// Makes a tree of processes short of something. An error says what this host lacks, and the remedy; nothing is changed
/// then.
core::Result<std::unique_ptr<ports::Squeeze>> squeeze(const ports::Shortage& shortage, pid_t leader,
                                                      ProcessList processes);

/// By control groups: of `memory`, `slow_memory` and `processes`. Needs a hierarchy that callgate may write to.
core::Result<std::unique_ptr<ports::Squeeze>> squeeze_by_cgroup(const ports::Shortage& shortage, pid_t leader,
                                                                ProcessList processes);

/// By setrlimit's soft limits: of `files` and `processes`.
core::Result<std::unique_ptr<ports::Squeeze>> squeeze_by_rlimit(const ports::Shortage& shortage, pid_t leader,
                                                                ProcessList processes);

/// Of `niceness`.
core::Result<std::unique_ptr<ports::Squeeze>> squeeze_by_niceness(const ports::Shortage& shortage,
                                                                  ProcessList processes);

}  // namespace callgate::runners
