#include "scenarios/wait.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace callgate::scenarios {

namespace {

core::SteadyTime now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

Woken wait_until(const ports::StepContext& context, core::SteadyTime until) {
    // poll(2) skips negative descriptors.
    std::array<pollfd, 3> fds{{{context.cancel.fd(), POLLIN, 0},
                               {context.enough != nullptr ? context.enough->fd() : -1, POLLIN, 0},
                               {context.workload.leader_ended_fd(), POLLIN, 0}}};
    while (true) {
        const int ready = ::poll(fds.data(), fds.size(), poll_timeout(until));
        if (ready > 0) {
            if (fds[0].revents != 0) return Woken::cancelled;
            return fds[1].revents != 0 ? Woken::enough : Woken::workload_ended;
        }
        if (now() >= until) return Woken::deadline;
    }
}

core::SteadyTime own_deadline(const ports::StepContext& context, core::Milliseconds within) {
    return std::min(context.deadline, now() + ports::patient(context.speed, within));
}

core::SteadyTime deadline_within(const ports::StepContext& context, core::Milliseconds within) {
    return within.count() > 0 ? own_deadline(context, within) : context.deadline;
}

int poll_timeout(core::SteadyTime until) {
    constexpr core::Milliseconds::rep kLongest = 60'000;
    const auto left = std::chrono::ceil<core::Milliseconds>(until - now()).count();
    return static_cast<int>(std::clamp<core::Milliseconds::rep>(left, 0, kLongest));
}

}  // namespace callgate::scenarios
