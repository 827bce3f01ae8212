#pragma once

#include "harness/ports/launch.h"

#include <sys/types.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace callgate::runners {

/// A process that is kept stopped, untraced, until a person says that it may go on. One at a time.
/// The tracer thread's own.
class Hold {
public:
    explicit Hold(ports::HoldFunction ask) : ask_{std::move(ask)} {}
    ~Hold();
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

    /// False when nobody wants to hold, or a process is held already.
    [[nodiscard]] bool possible() const { return ask_ && !held_; }
    /// From now on the threads of this process are let go of as they stop.
    void begin(ports::Held held) {
        held_ = std::move(held);
        asked_ = false;
    }
    /// Between begin() and ask().
    [[nodiscard]] bool stopping() const { return held_ && !asked_; }
    [[nodiscard]] bool active() const { return held_.has_value(); }
    /// The held process; only while active.
    [[nodiscard]] pid_t pid() const { return held_->pid; }
    /// It died before ask().
    void give_up() { held_.reset(); }

    /// Every thread of the held process was let go of: asks, on a thread of its own, and then interrupts `tracer`'s
    /// waiting with a signal until told_to_go_on() was called.
    void ask(pthread_t tracer);

    /// The held process once, when the person said so.
    std::optional<ports::Held> told_to_go_on();
    /// Blocks until told_to_go_on() has something to say.
    void wait() const { answered_.wait(false); }

private:
    const ports::HoldFunction ask_;
    std::optional<ports::Held> held_;
    bool asked_ = false;
    std::atomic<bool> answered_{false};
    std::atomic<bool> abandoned_{false};  ///< nobody waits for the answer any more
    std::thread asking_;
};

/// The living threads of a process, by /proc.
std::vector<pid_t> threads_of(pid_t pid);

/// True when it lives and all its threads are stopped, by nobody who traces them.
bool stands_still(pid_t pid);

}  // namespace callgate::runners
