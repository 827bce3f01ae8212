#include "runners/squeeze/squeeze.h"

#include <utility>

namespace callgate::runners {

core::Result<std::unique_ptr<ports::Squeeze>> squeeze(const ports::Shortage& shortage, pid_t leader,
                                                      ProcessList processes) {
    using Kind = ports::Shortage::Kind;
    switch (shortage.kind) {
        case Kind::memory:
        case Kind::slow_memory:
            return squeeze_by_cgroup(shortage, leader, std::move(processes));
        case Kind::files:
            return squeeze_by_rlimit(shortage, leader, std::move(processes));
        case Kind::niceness:
            return squeeze_by_niceness(shortage, std::move(processes));
        case Kind::processes:
            break;
    }
    // A control group counts the workload's own processes, whoever it runs as; the limit counts all of a user, and root
    // has none.
    auto by_cgroup = squeeze_by_cgroup(shortage, leader, processes);
    if (by_cgroup) return by_cgroup;
    auto by_rlimit = squeeze_by_rlimit(shortage, leader, std::move(processes));
    if (by_rlimit) return by_rlimit;
    return core::fail(by_cgroup.error().message + "; " + by_rlimit.error().message);
}

}  // namespace callgate::runners
