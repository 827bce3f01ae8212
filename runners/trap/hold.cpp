#include "runners/trap/hold.h"

#include "harness/core/processes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <string>

namespace callgate::runners {

namespace {

constexpr int kWakeUp = SIGURG;  ///< ignored by whoever has no handler for it
constexpr std::chrono::milliseconds kAgain{10};

/// With a handler that does nothing and no SA_RESTART the signal ends waitpid(2) with EINTR.
void make_wake_up_interrupt() {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    ::sigaction(kWakeUp, &action, nullptr);
}

}  // namespace

Hold::~Hold() {
    abandoned_.store(true);
    if (asking_.joinable()) asking_.join();
}

void Hold::ask(pthread_t tracer) {
    if (asking_.joinable()) asking_.join();
    asked_ = true;
    make_wake_up_interrupt();
    asking_ = std::thread{[this, tracer, held = *held_] {
        ask_(held);
        answered_.store(true);
        answered_.notify_all();
        // A signal that comes just before the tracer begins to wait is lost on it.
        while (answered_.load() && !abandoned_.load()) {
            ::pthread_kill(tracer, kWakeUp);
            std::this_thread::sleep_for(kAgain);
        }
    }};
}

std::optional<ports::Held> Hold::told_to_go_on() {
    if (!answered_.load()) return std::nullopt;
    answered_.store(false);
    return std::exchange(held_, std::nullopt);
}

std::vector<pid_t> threads_of(pid_t pid) {
    std::vector<pid_t> tids;
    std::error_code gone;
    for (const auto& entry : std::filesystem::directory_iterator{fmt::format("/proc/{}/task", pid), gone}) {
        const std::string name = entry.path().filename();
        pid_t tid = 0;
        std::from_chars(name.data(), name.data() + name.size(), tid);
        const auto stat = core::read_stat(tid);
        if (stat && stat->state != 'Z' && stat->state != 'X') tids.push_back(tid);
    }
    return tids;
}

bool stands_still(pid_t pid) {
    const auto tids = threads_of(pid);
    return !tids.empty() && std::all_of(tids.begin(), tids.end(), [](pid_t tid) {
        const auto stat = core::read_stat(tid);
        return stat && stat->state == 'T';
    });
}

}  // namespace callgate::runners
