#pragma once

#include "harness/core/clock.h"
#include "harness/core/unique_fd.h"

#include <atomic>

namespace callgate::core {

/// "Stop what you are doing", said once, from any thread or a signal handler; never taken back.
class Cancel {
public:
    Cancel();

    /// Async-signal-safe. `reason` is the number of the signal that asked.
    void request(int reason) noexcept;

    [[nodiscard]] bool requested() const noexcept { return reason_.load() != 0; }
    /// The signal number, or 0.
    [[nodiscard]] int reason() const noexcept { return reason_.load(); }
    /// Becomes readable when requested; for poll(2).
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

    /// Waits until `deadline` or the request, whichever is first; true when requested.
    [[nodiscard]] bool wait_until(SteadyTime deadline) const;

private:
    std::atomic<int> reason_{0};
    UniqueFd fd_;
};

}  // namespace callgate::core
