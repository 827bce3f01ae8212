#include "harness/core/files.h"
#include "runners/process_tree.h"
#include "runners/squeeze/squeeze.h"

#include <fmt/format.h>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

namespace callgate::runners {

namespace {

namespace fs = std::filesystem;
using Kind = ports::Shortage::Kind;

/// A process may fork between being listed and being limited; its child is found in the next round.
constexpr int kRounds = 50;

std::set<int> numbers_in(const fs::path& directory) {
    std::set<int> numbers;
    std::error_code error;
    for (auto at = fs::directory_iterator{directory, error}; !error && at != fs::directory_iterator{};
         at.increment(error)) {
        const auto name = at->path().filename().string();
        int number = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), number).ec == std::errc{}) numbers.insert(number);
    }
    return numbers;
}

fs::path proc(pid_t pid) {
    return fs::path{"/proc"} / std::to_string(pid);
}

/// The limit is one more than the highest number that a descriptor may have (getrlimit(2)): the largest one below which
/// only `left` numbers are free. A smaller one would make poll(2) fail, which looks at it too.
rlim_t descriptors_limit(pid_t pid, std::uint64_t left) {
    const auto open = numbers_in(proc(pid) / "fd");
    rlim_t limit = 0;
    for (std::uint64_t free = 0; open.contains(static_cast<int>(limit)) || free++ < left;) ++limit;
    return limit;
}

uid_t owner(pid_t pid) {
    return static_cast<uid_t>(status_number(pid, "Uid").value_or(0));
}

/// prlimit(2) as the owner of the process: root in a container may lack CAP_SYS_RESOURCE, and needs it for processes of
/// others. Credentials are those of a thread (credentials(7)); the one that changes them ends here.
int limit_as_owner(pid_t pid, __rlimit_resource resource, const rlimit& limit) {
    int error = 0;
    std::thread([&] {
        const auto gid = status_number(pid, "Gid").value_or(0);
        const auto uid = status_number(pid, "Uid").value_or(0);
        const bool changed =
            ::syscall(SYS_setresgid, gid, gid, gid) == 0 && ::syscall(SYS_setresuid, uid, uid, uid) == 0;
        if (!changed || ::prlimit(pid, resource, &limit, nullptr) != 0) error = errno;
    }).join();
    // Changing the user took this away from the whole process (prctl(2)).
    ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    return error;
}

/// 0, or the errno.
int set_limit(pid_t pid, __rlimit_resource resource, const rlimit& limit) {
    if (::prlimit(pid, resource, &limit, nullptr) == 0) return 0;
    const int error = errno;
    return error == EPERM && ::geteuid() == 0 ? limit_as_owner(pid, resource, limit) : error;
}

/// Of all processes of a user: what RLIMIT_NPROC counts.
std::uint64_t threads_of(uid_t user) {
    std::uint64_t count = 0;
    for (const auto pid : numbers_in("/proc")) {
        if (owner(pid) == user) count += numbers_in(proc(pid) / "task").size();
    }
    return count;
}

class LimitSqueeze final : public ports::Squeeze {
public:
    LimitSqueeze(const ports::Shortage& shortage, pid_t leader, ProcessList processes)
        : shortage_{shortage},
          resource_{shortage.kind == Kind::files ? RLIMIT_NOFILE : RLIMIT_NPROC},
          leader_{leader},
          processes_{std::move(processes)} {
        if (shortage.kind == Kind::processes && shortage.left) amount_ = threads_of(owner(leader)) + shortage.amount;
        if (!shortage.left) amount_ = shortage.amount;
    }
    LimitSqueeze(const LimitSqueeze&) = delete;
    LimitSqueeze& operator=(const LimitSqueeze&) = delete;
    ~LimitSqueeze() override { static_cast<void>(lift()); }

    core::Status apply() {
        for (int round = 0; round < kRounds; ++round) {
            bool all_had = true;
            for (const auto pid : processes_()) {
                if (before_.contains(pid)) continue;
                all_had = false;
                auto lowered = lower(pid);
                if (!lowered) return lowered;
            }
            if (all_had) return {};
        }
        return core::fail("the workload starts processes faster than they can be limited");
    }

    core::Status lift() override {
        core::Status result;
        for (int round = 0; round < kRounds && !before_.empty(); ++round) {
            bool none_left = true;
            for (const auto pid : processes_()) {
                const auto found = before_.find(pid);
                // A child of a limited process has its parent's lowered limit; which one it would have is the leader's.
                const auto& limit = found != before_.end() ? found->second : usual_;
                rlimit now{};
                if (put_back_.contains(pid) || !read_limit(pid, now)) continue;
                put_back_.insert(pid);
                none_left = false;
                if (now.rlim_cur >= limit.rlim_cur) continue;
                const rlimit back{std::min(limit.rlim_cur, now.rlim_max), now.rlim_max};
                const int error = set_limit(pid, resource_, back);
                if (error != 0 && error != ESRCH && result) {
                    result = core::fail(
                        core::system_error(fmt::format("the limit of process {} is not put back", pid), error));
                }
            }
            if (none_left) break;
        }
        before_.clear();
        return result;
    }

private:
    core::Status lower(pid_t pid) {
        rlimit now{};
        // Reading it needs the same rights as setting it does; /proc shows it to its user and to root.
        if (!read_limit(pid, now)) return {};
        const bool by_process = shortage_.kind == Kind::files && shortage_.left;
        const auto wanted = by_process ? descriptors_limit(pid, shortage_.amount) : static_cast<rlim_t>(amount_);
        const rlimit limit{std::min(wanted, now.rlim_max), now.rlim_max};
        const int error = limit.rlim_cur < now.rlim_cur ? set_limit(pid, resource_, limit) : 0;
        if (error != 0 && error != ESRCH) {
            return core::fail(core::system_error(
                fmt::format("cannot limit process {}, run callgate as its user or as root", pid), error));
        }
        before_.emplace(pid, now);
        if (pid == leader_ || usual_.rlim_cur == 0) usual_ = now;
        return {};
    }

    /// From /proc/PID/limits: "Max open files            1024                 4096                 files".
    [[nodiscard]] bool read_limit(pid_t pid, rlimit& limit) const {
        const auto text = core::read_file(proc(pid) / "limits");
        if (!text) return false;
        const std::string_view label = resource_ == RLIMIT_NOFILE ? "Max open files" : "Max processes";
        const auto at = text->find(label);
        if (at == std::string::npos) return false;
        std::istringstream rest{text->substr(at + label.size())};
        const auto next = [&rest] {
            std::string word;
            rest >> word;
            rlim_t value = RLIM_INFINITY;  // "unlimited"
            std::from_chars(word.data(), word.data() + word.size(), value);
            return value;
        };
        limit.rlim_cur = next();
        limit.rlim_max = next();
        return true;
    }

    ports::Shortage shortage_;
    __rlimit_resource resource_;
    pid_t leader_;
    ProcessList processes_;
    std::uint64_t amount_ = 0;
    std::map<pid_t, rlimit> before_;
    rlimit usual_{};
    std::set<pid_t> put_back_;
};

}  // namespace

core::Result<std::unique_ptr<ports::Squeeze>> squeeze_by_rlimit(const ports::Shortage& shortage, pid_t leader,
                                                                ProcessList processes) {
    if (shortage.kind == Kind::processes && owner(leader) == 0) {
        return core::fail(
            "the number of root's processes has no limit (setrlimit(2)): run the workload as another user");
    }
    auto squeeze = std::make_unique<LimitSqueeze>(shortage, leader, std::move(processes));
    auto applied = squeeze->apply();
    if (!applied) return core::fail(applied.error());
    return std::unique_ptr<ports::Squeeze>{std::move(squeeze)};
}

}  // namespace callgate::runners
