#pragma once

#include "harness/ports/launch.h"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace callgate::runners {

/// True when no process or thread has the number; a zombie has it still.
bool is_gone(pid_t pid);

/// The first number behind `label` in /proc/TID/status: "Uid" gives the real user id. None when it is gone.
std::optional<std::uint64_t> status_number(pid_t tid, std::string_view label);

/// The process that a thread belongs to, 0 when it is gone (Tgid of /proc/TID/status).
pid_t process_of(pid_t tid);

/// Every process that descends from `root`; `root` itself not included, zombies neither.
std::vector<pid_t> live_descendants(pid_t root);

/// Those of `pids` that are there, with their names; `first` in front, the others from the oldest to the youngest.
std::vector<ports::LiveProcess> look_at(const std::vector<pid_t>& pids, pid_t first);

}  // namespace callgate::runners
