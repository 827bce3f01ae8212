#include "runners/squeeze/squeeze.h"

#include <fmt/format.h>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace callgate::runners {

namespace {

namespace fs = std::filesystem;

constexpr int kNicest = 19;
constexpr int kRounds = 50;

std::vector<pid_t> threads_of(pid_t pid) {
    std::vector<pid_t> threads;
    std::error_code error;
    for (auto at = fs::directory_iterator{fmt::format("/proc/{}/task", pid), error};
         !error && at != fs::directory_iterator{}; at.increment(error)) {
        const auto name = at->path().filename().string();
        pid_t tid = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), tid).ec == std::errc{}) threads.push_back(tid);
    }
    return threads;
}

/// The kernel's nice values are those of threads; a new thread has its maker's (setpriority(2)).
class NiceSqueeze final : public ports::Squeeze {
public:
    NiceSqueeze(int added, ProcessList processes) : added_{added}, processes_{std::move(processes)} {}
    NiceSqueeze(const NiceSqueeze&) = delete;
    NiceSqueeze& operator=(const NiceSqueeze&) = delete;
    ~NiceSqueeze() override { static_cast<void>(lift()); }

    core::Status apply() {
        return for_new_threads([this](pid_t tid, int now) {
            before_.emplace(tid, now);
            return std::min(now + added_, kNicest);
        });
    }

    core::Status lift() override {
        if (std::exchange(lifted_, true)) return {};
        done_.clear();
        return for_new_threads([this](pid_t tid, int now) {
            const auto found = before_.find(tid);
            return found != before_.end() ? std::min(found->second, now) : now - added_;
        });
    }

private:
    /// Sets the value of every thread, also of those that begin meanwhile, until there is none that it was not set of.
    template <typename Value>
    core::Status for_new_threads(Value value) {
        for (int round = 0; round < kRounds; ++round) {
            bool none_new = true;
            for (const auto pid : processes_()) {
                for (const auto tid : threads_of(pid)) {
                    if (!done_.insert(tid).second) continue;
                    none_new = false;
                    const auto id = static_cast<id_t>(tid);
                    errno = 0;
                    const int now = ::getpriority(PRIO_PROCESS, id);
                    if (errno != 0) continue;  // gone
                    if (::setpriority(PRIO_PROCESS, id, value(tid, now)) != 0 && errno != ESRCH) {
                        return core::fail(
                            core::system_error(fmt::format("cannot set the priority of thread {}", tid), errno));
                    }
                }
            }
            if (none_new) break;
        }
        return {};
    }

    int added_;
    ProcessList processes_;
    std::map<pid_t, int> before_;
    std::set<pid_t> done_;
    bool lifted_ = false;
};

}  // namespace

core::Result<std::unique_ptr<ports::Squeeze>> squeeze_by_niceness(const ports::Shortage& shortage,
                                                                  ProcessList processes) {
    if (::geteuid() != 0) {
        return core::fail(
            "only root can give a priority back that was lowered: leave 'nice' out, or run callgate as root");
    }
    auto squeeze = std::make_unique<NiceSqueeze>(static_cast<int>(std::min<std::uint64_t>(shortage.amount, kNicest)),
                                                 std::move(processes));
    auto applied = squeeze->apply();
    if (!applied) return core::fail(applied.error());
    return std::unique_ptr<ports::Squeeze>{std::move(squeeze)};
}

}  // namespace callgate::runners
