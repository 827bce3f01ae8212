#pragma once

#include "harness/core/result.h"
#include "runners/launch/first_process.h"

#include <sys/types.h>

namespace callgate::runners {

/// What the keeper tells callgate over its socket, one packet each.
struct KeeperReport {
    enum class Kind : int { started, leader_ended, gone };
    Kind kind = Kind::started;
    pid_t leader = 0;  ///< of `started`; -1 when it could not be forked
    int status = 0;    ///< of `leader_ended`: as waitpid(2) gives it; of a failed `started`: errno
};

/// What callgate tells the keeper.
enum class KeeperOrder : char {
    kill_all = 'k',
    hold = 'h',  ///< comes with a descriptor, to be kept open as long as the keeper lives
};

/// Any thread.
void tell_keeper_to_kill(int control);

/// Makes the keeper at the other end of `control` hold a copy of `fd`. Any thread.
core::Status let_keeper_hold(int control, int fd);

/// The keeper: a process between callgate and one workload. It is the workload's parent and the subreaper of all its
/// descendants (prctl(2), PR_SET_CHILD_SUBREAPER), so nothing can leave it by forking twice. It reaps, reports how the
/// first process ended, and kills everything when it is told to or when callgate is gone in whatever way: then its
/// socket reads end-of-file. It ends when its last descendant has.
///
/// Runs in a forked child with all signals blocked; allocates nothing. `control` is its end of a SOCK_SEQPACKET pair,
/// `other_end` the copy of callgate's end that the fork made.
[[noreturn]] void keep(const FirstProcess& first, int control, int other_end);

}  // namespace callgate::runners
