#pragma once

#include <sys/types.h>

#include <optional>
#include <vector>

namespace callgate::runners {

/// Of /proc/PID/stat (proc(5)).
struct ProcessStat {
    char state = '?';  ///< 'R', 'S', 'Z' zombie, 't' stopped by a tracer…
    pid_t parent = 0;
};

/// None when there is no such process or thread.
std::optional<ProcessStat> read_stat(pid_t pid);

/// True when no process or thread has the number; a zombie has it still.
bool is_gone(pid_t pid);

/// The process that a thread belongs to, 0 when it is gone (Tgid of /proc/TID/status).
pid_t process_of(pid_t tid);

/// Every process that descends from `root`, by /proc; `root` itself not included, zombies neither.
std::vector<pid_t> descendants(pid_t root);

}  // namespace callgate::runners
