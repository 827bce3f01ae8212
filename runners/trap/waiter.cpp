#include "runners/trap/waiter.h"

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace callgate::runners {

namespace {

/// __WNOTHREAD: children that other threads of callgate start are theirs to wait for.
constexpr int kOurs = __WALL | __WNOTHREAD;
constexpr std::size_t kFew = 64;           ///< so many cost a microsecond to look at
constexpr std::size_t kServedInARow = 64;  ///< before those that the order of waitpid puts last get their turn
constexpr std::chrono::microseconds kSoon{200};
constexpr std::chrono::microseconds kLate{5'000};

sigset_t sigchld() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGCHLD);
    return set;
}

timespec timespec_of(std::chrono::microseconds time) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    return {seconds.count(), std::chrono::nanoseconds{time - seconds}.count()};
}

}  // namespace

void block_sigchld() {
    const auto set = sigchld();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Waiter::Result Waiter::next(std::size_t tracees, News& news) {
    const bool few = tracees <= kFew;
    if (few && waiting_.empty() && ++served_ % kServedInARow == 0) drain();
    if (!waiting_.empty()) return take_waiting(news);
    return few ? wait_for_any(0, news) : wait_for_hinted(news);
}

Waiter::Result Waiter::wait_for_any(int options, News& news) {
    news.tid = ::waitpid(-1, &news.status, kOurs | options);
    if (news.tid > 0) return Result::news;
    if (news.tid == 0 || errno == EINTR) return Result::interrupted;
    return errno == ECHILD ? Result::none_left : Result::failed;
}

Waiter::Result Waiter::drain() {
    News news;
    auto result = wait_for_any(WNOHANG, news);
    for (; result == Result::news; result = wait_for_any(WNOHANG, news)) waiting_.push_back(news);
    return result;
}

Waiter::Result Waiter::take_waiting(News& news) {
    news = waiting_.front();
    waiting_.pop_front();
    return Result::news;
}

Waiter::Result Waiter::wait_for_hinted(News& news) {
    const auto set = sigchld();
    while (true) {
        const auto now = std::chrono::steady_clock::now();
        if (now - looked_at_all_ >= look_again_) {
            looked_at_all_ = now;
            const auto result = drain();
            // One that waits may have a signal that is still to come; more foretell that signals get lost.
            look_again_ = waiting_.size() > 1 ? kSoon : std::clamp(2 * look_again_, kSoon, kLate);
            if (!waiting_.empty()) return take_waiting(news);
            if (result != Result::interrupted) return result;
        }
        siginfo_t hint{};
        const auto timeout = timespec_of(look_again_);
        const int signal = ::sigtimedwait(&set, &hint, &timeout);
        if (signal < 0 && errno == EINTR) return Result::interrupted;
        if (signal < 0) continue;
        news.tid = ::waitpid(hint.si_pid, &news.status, kOurs | WNOHANG);
        if (news.tid > 0) return Result::news;
    }
}

}  // namespace callgate::runners
