#pragma once

#include "harness/core/result.h"

#include <sys/types.h>

#include <atomic>
#include <string>
#include <utility>

namespace callgate::runners {

/// What callgate, the keeper and the workload's first process share while a workload is launched. It lives in shared
/// memory, because between loading the filter and execve the profile may refuse every system call that could carry
/// a message.
struct LaunchPage {
    enum class Stage : int { waiting, streams, directory, identity, filter, exec };

    std::atomic<int> go{0};  ///< futex word: set to 1 and woken when the trap holds the process
    std::atomic<Stage> stage{Stage::waiting};
    std::atomic<int> error{0};  ///< errno of the stage that failed, 0 while nothing has
    std::atomic<bool> no_new_privs{false};
    std::atomic<int> listener{-1};            ///< the first process's descriptor of its filter's listener
    std::atomic<bool> listener_taken{false};  ///< callgate has a copy of it
};

static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

/// A LaunchPage in an anonymous shared mapping, which a fork inherits.
class SharedLaunchPage {
public:
    static core::Result<SharedLaunchPage> make();
    SharedLaunchPage(SharedLaunchPage&& other) noexcept : page_{std::exchange(other.page_, nullptr)} {}
    SharedLaunchPage& operator=(SharedLaunchPage&&) = delete;
    SharedLaunchPage(const SharedLaunchPage&) = delete;
    SharedLaunchPage& operator=(const SharedLaunchPage&) = delete;
    ~SharedLaunchPage();

    [[nodiscard]] LaunchPage& operator*() const { return *page_; }
    [[nodiscard]] LaunchPage* operator->() const { return page_; }

    /// Lets the waiting process go on.
    void release() const;

private:
    explicit SharedLaunchPage(LaunchPage* page) : page_{page} {}
    LaunchPage* page_;
};

/// Waits until release(). Async-signal-safe.
void wait_for_release(LaunchPage& page);

/// In the first process, under the filter: shows the descriptor and waits, without a system call, until it was taken.
void hand_over_listener(LaunchPage& page, int listener);

/// Waits until the first process shows its listener; false when it ended or gave up before.
bool wait_for_listener(pid_t first_process, const LaunchPage& page);

/// In words why the launch failed, or "" when it did not.
std::string failure_text(const LaunchPage& page, const std::string& executable, const std::string& directory);

}  // namespace callgate::runners
