#pragma once

#include "harness/core/result.h"
#include "harness/core/unique_fd.h"
#include "harness/model/call.h"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace callgate::runners {

/// One call that waits for an answer (struct seccomp_notif, seccomp_unotify(2)).
struct Notification {
    std::uint64_t id = 0;
    pid_t tid = 0;  ///< 0: in a process namespace that callgate cannot see
    model::Call call;
};

/// The listener of a filter that returns SECCOMP_RET_USER_NOTIF. One thread at a time.
class Listener {
public:
    /// What the kernel said to an attempt.
    enum class Heard {
        done,
        gone,    ///< the call that it was about is no more: killed, or interrupted and to be made again
        failed,  ///< with errno set
    };

    explicit Listener(core::UniqueFd fd);

    [[nodiscard]] int fd() const { return fd_.get(); }
    Heard receive(Notification& notification);
    /// The call happens as if there were no filter.
    Heard let_through(std::uint64_t id);
    /// The call returns minus `error` (0: returns 0) without happening.
    Heard refuse(std::uint64_t id, int error);

private:
    Heard answer(std::uint64_t id, int error, std::uint32_t flags);

    core::UniqueFd fd_;
    std::vector<std::byte> request_;  ///< as large as this kernel's structures
    std::vector<std::byte> response_;
};

/// SECCOMP_FILTER_FLAG_NEW_LISTENER and what else this kernel knows to make it exact: with WAIT_KILLABLE_RECV (5.19) a
/// call that was received is interrupted by nothing but death.
std::uint32_t listener_flags();

/// A copy of descriptor `fd` of the process `pid`; needs Linux 5.6 and the right to trace it (pidfd_getfd(2)).
core::Result<core::UniqueFd> take_descriptor(pid_t pid, int fd);

/// Runs a child under a filter with a listener, takes that over and answers a call. The error names the step that
/// failed and the remedy.
core::Status probe_listener();

}  // namespace callgate::runners
