#include "harness/core/cancel.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace callgate::core {

Cancel::Cancel() : fd_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {}

void Cancel::request(int reason) noexcept {
    int none = 0;
    if (!reason_.compare_exchange_strong(none, reason)) return;
    const std::uint64_t one = 1;
    // A full counter already wakes every waiter, so the result does not matter.
    [[maybe_unused]] const auto written = ::write(fd_.get(), &one, sizeof one);
}

bool Cancel::wait_until(SteadyTime deadline) const {
    while (!requested()) {
        const auto left = std::chrono::ceil<Milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) break;
        pollfd poller{fd_.get(), POLLIN, 0};
        ::poll(&poller, 1, static_cast<int>(std::min<Milliseconds::rep>(left.count(), 60'000)));
    }
    return requested();
}

}  // namespace callgate::core
