#include "harness/core/files.h"
#include "harness/core/unique_fd.h"
#include "runners/squeeze/hierarchy.h"
#include "runners/squeeze/squeeze.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <utility>

namespace callgate::runners {

namespace {

namespace fs = std::filesystem;
using Kind = ports::Shortage::Kind;

/// A process may fork between being listed and being moved; its child is found in the next round.
constexpr int kRounds = 50;
/// Processes that have ended stay in their group for a moment.
constexpr int kRemovals = 100;
constexpr std::chrono::milliseconds kBetweenRemovals{10};

/// Control files take what one write brings.
core::Status put(const fs::path& file, const std::string& text) {
    const core::UniqueFd fd{::open(file.c_str(), O_WRONLY | O_CLOEXEC)};
    if (fd && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size())) return {};
    return core::fail(core::system_error(fmt::format("cannot write '{}' to {}", text, file.string()), errno));
}

/// The number behind `key` in a file of "key number" lines, or the file's only number where `key` is "".
std::uint64_t number_in(const fs::path& file, std::string_view key) {
    const auto text = core::read_file(file);
    if (!text) return 0;
    auto at = std::string::size_type{0};
    if (!key.empty()) {
        const auto wanted = fmt::format("{} ", key);
        at = text->starts_with(wanted) ? 0 : text->find("\n" + wanted);
        if (at == std::string::npos) return 0;
        at = text->find(' ', at) + 1;
    }
    std::uint64_t number = 0;
    std::from_chars(text->data() + at, text->data() + text->size(), number);
    return number;
}

std::uint64_t threads_in(const std::vector<pid_t>& processes) {
    std::uint64_t count = 0;
    for (const auto pid : processes) {
        std::error_code error;
        for (auto at = fs::directory_iterator{fmt::format("/proc/{}/task", pid), error};
             !error && at != fs::directory_iterator{}; at.increment(error)) {
            ++count;
        }
    }
    return count;
}

class CgroupSqueeze final : public ports::Squeeze {
public:
    CgroupSqueeze(const ports::Shortage& shortage, Hierarchy hierarchy, ProcessList processes)
        : shortage_{shortage}, hierarchy_{std::move(hierarchy)}, processes_{std::move(processes)} {}
    CgroupSqueeze(const CgroupSqueeze&) = delete;
    CgroupSqueeze& operator=(const CgroupSqueeze&) = delete;
    ~CgroupSqueeze() override { static_cast<void>(lift()); }

    core::Status apply(std::string_view controller) {
        static std::atomic<int> made{0};
        const auto path = hierarchy_.parent / fmt::format("callgate-{}-{}", ::getpid(), ++made);
        if (::mkdir(path.c_str(), 0755) != 0) {
            return core::fail(core::system_error(
                fmt::format("cannot make the control group {}, run callgate as root or where it may", path.string()),
                errno));
        }
        group_ = path;
        if (hierarchy_.version == 2) {
            std::error_code error;
            // Passed on only where the parent says so; that it cannot is seen at the limit's file.
            if (!fs::exists(group_ / limit_file(), error)) {
                static_cast<void>(put(hierarchy_.parent / "cgroup.subtree_control", fmt::format("+{}", controller)));
            }
        }
        auto limited = limit();
        if (!limited) return limited;
        return move_all(group_);
    }

    core::Status lift() override {
        if (group_.empty()) return {};
        auto moved = move_all(hierarchy_.own);
        const auto group = std::exchange(group_, {});
        for (int i = 0; ::rmdir(group.c_str()) != 0; ++i) {
            if (errno != EBUSY || i == kRemovals) {
                return core::fail(
                    core::system_error(fmt::format("cannot remove the control group {}", group.string()), errno));
            }
            std::this_thread::sleep_for(kBetweenRemovals);
        }
        return moved;
    }

    [[nodiscard]] std::vector<model::Metric> felt() const override {
        if (group_.empty()) return {};
        std::uint64_t hits = 0;
        std::uint64_t kills = 0;
        if (shortage_.kind == Kind::processes) {
            hits = number_in(group_ / "pids.events", "max");
        } else if (hierarchy_.version == 1) {
            // Where memory and swap have the same limit, the one or the other is hit first.
            hits = number_in(group_ / "memory.failcnt", "") + number_in(group_ / "memory.memsw.failcnt", "");
            kills = number_in(group_ / "memory.oom_control", "oom_kill");
        } else {
            hits = number_in(group_ / "memory.events", shortage_.kind == Kind::memory ? "max" : "high");
            kills = number_in(group_ / "memory.events", "oom_kill");
        }
        std::vector<model::Metric> metrics{{"limit_hits", static_cast<double>(hits)}};
        if (shortage_.kind != Kind::processes) metrics.push_back({"oom_kills", static_cast<double>(kills)});
        return metrics;
    }

private:
    [[nodiscard]] std::string limit_file() const {
        if (shortage_.kind == Kind::processes) return "pids.max";
        if (hierarchy_.version == 1) return "memory.limit_in_bytes";
        return shortage_.kind == Kind::memory ? "memory.max" : "memory.high";
    }

    core::Status limit() {
        auto amount = shortage_.amount;
        if (shortage_.kind == Kind::processes && shortage_.left) amount += threads_in(processes_());
        auto limited = put(group_ / limit_file(), std::to_string(amount));
        if (!limited || shortage_.kind != Kind::memory) return limited;
        // Memory that goes to swap is not short; a host without swap has no such file.
        std::error_code error;
        const auto swap = group_ / (hierarchy_.version == 1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max");
        if (fs::exists(swap, error)) {
            static_cast<void>(put(swap, hierarchy_.version == 1 ? std::to_string(amount) : "0"));
        }
        return {};
    }

    core::Status move_all(const fs::path& group) {
        std::set<pid_t> moved;
        for (int round = 0; round < kRounds; ++round) {
            bool none_new = true;
            for (const auto pid : processes_()) {
                if (!moved.insert(pid).second) continue;
                none_new = false;
                const auto status = put(group / "cgroup.procs", std::to_string(pid));
                if (!status && ::kill(pid, 0) == 0) return status;
            }
            if (none_new) break;
        }
        return {};
    }

    ports::Shortage shortage_;
    Hierarchy hierarchy_;
    ProcessList processes_;
    fs::path group_;  ///< made for this; "" when it is gone
};

}  // namespace

core::Result<std::unique_ptr<ports::Squeeze>> squeeze_by_cgroup(const ports::Shortage& shortage, pid_t leader,
                                                                ProcessList processes) {
    const std::string_view controller = shortage.kind == Kind::processes ? "pids" : "memory";
    const auto mounts = core::read_file("/proc/self/mountinfo");
    const auto groups = core::read_file(fmt::format("/proc/{}/cgroup", leader));
    if (!mounts || !groups) return core::fail("cannot read which control groups there are: /proc is not there");
    auto hierarchy = find_hierarchy(controller, *mounts, *groups);
    if (!hierarchy) return core::fail(hierarchy.error());
    if (shortage.kind == Kind::slow_memory && hierarchy->version == 1) {
        return core::fail("cgroup v1 cannot slow a workload down: write 'memory: SIZE', or use a host with cgroup v2");
    }
    auto squeeze = std::make_unique<CgroupSqueeze>(shortage, std::move(*hierarchy), std::move(processes));
    auto applied = squeeze->apply(controller);
    if (!applied) return core::fail(applied.error());
    return std::unique_ptr<ports::Squeeze>{std::move(squeeze)};
}

}  // namespace callgate::runners
