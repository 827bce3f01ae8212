#pragma once

#include "harness/core/clock.h"

#include <sys/types.h>

#include <cstddef>
#include <deque>

namespace callgate::runners {

/// What waitpid(2) said of one task.
struct News {
    pid_t tid = 0;
    int status = 0;
};

/// Waits for the tracees of the calling thread, which is the only one to use it.
///
/// waitpid(-1) looks at every tracee, newest first: with thousands of them that costs more than all the rest of a stop.
/// Beyond some number the SIGCHLD that each stop sends says who it was (ptrace(2); signals of one kind are not queued,
/// so some get lost), and all of them are looked at only now and then. Whoever wants that blocks SIGCHLD in all
/// threads; otherwise it is merely slower.
class Waiter {
public:
    enum class Result {
        news,
        interrupted,  ///< by a signal handler
        none_left,    ///< no tracee is left
        failed,       ///< with errno set
    };

    /// Blocks until there is something to say. `tracees`: how many there are, about.
    Result next(std::size_t tracees, News& news);

private:
    Result wait_for_any(int options, News& news);
    Result wait_for_hinted(News& news);
    Result take_waiting(News& news);
    /// Queues all that is waiting now; what ended it.
    Result drain();

    std::deque<News> waiting_;
    std::size_t served_ = 0;
    core::SteadyTime looked_at_all_{};
    std::chrono::microseconds look_again_{0};
};

/// SIGCHLD blocked in the calling thread, and in those that it starts.
void block_sigchld();

}  // namespace callgate::runners
