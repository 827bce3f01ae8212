#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callgate::core {

/// Of /proc/PID/stat (proc(5)).
struct ProcessStat {
    std::string comm;
    char state = '?';  ///< 'R', 'S', 'Z' zombie, 't' stopped by a tracer…
    pid_t parent = 0;
    std::uint64_t started = 0;    ///< clock ticks after boot: with the pid, who it is for ever
    std::uint64_t cpu_ticks = 0;  ///< user and system time of all its threads, in 1/sysconf(_SC_CLK_TCK) s
    /// Where its stack began; 0 for a zombie, and for who may not trace it. An execve has it somewhere else, a fork
    /// keeps it.
    std::uint64_t start_stack = 0;
};

/// None when there is no such process or thread.
std::optional<ProcessStat> read_stat(pid_t pid);

/// True where it ended and only its status is left.
bool is_zombie(const ProcessStat& stat);

/// Every process that descends from `root`, zombies too, sorted; `root` itself not included.
std::vector<pid_t> descendants(pid_t root);

}  // namespace callgate::core
