#pragma once

#include <sys/types.h>

#include <vector>

namespace callgate::runners {

/// True when no process or thread has the number; a zombie has it still.
bool is_gone(pid_t pid);

/// The process that a thread belongs to, 0 when it is gone (Tgid of /proc/TID/status).
pid_t process_of(pid_t tid);

/// Every process that descends from `root`; `root` itself not included, zombies neither.
std::vector<pid_t> live_descendants(pid_t root);

}  // namespace callgate::runners
