#include "harness/engine/rest.h"

#include "harness/core/processes.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callgate::engine {

namespace {

core::SteadyTime now() {
    return std::chrono::steady_clock::now();
}

/// One look at all threads.
struct Look {
    bool still = true;                                          ///< none of them runs or is about to
    std::vector<std::pair<std::string, std::string>> switches;  ///< how often each was switched to
    std::vector<pid_t> runnable;                                ///< processes with a thread that runs or wants to
};

/// Reads one thread; its state.
char look_at_thread(const std::filesystem::path& task, Look& look) {
    constexpr std::string_view kState = "State:\t";
    std::ifstream status{task / "status"};
    char state = 'X';
    std::string counts;
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(kState) && line.size() > kState.size()) state = line[kState.size()];
        if (line.find("ctxt_switches") != std::string::npos) counts += line;
    }
    look.switches.emplace_back(task.filename(), std::move(counts));
    return state;
}

Look look_at(const std::vector<pid_t>& pids) {
    Look look;
    for (const pid_t pid : pids) {
        std::error_code error;
        bool runs = false;
        const std::filesystem::path tasks{fmt::format("/proc/{}/task", pid)};
        for (const auto& task : std::filesystem::directory_iterator{tasks, error}) {
            const char state = look_at_thread(task.path(), look);
            // Sleeping, stopped by a signal, dead: nothing goes on. D waits for a disk, t for a tracer.
            if (std::string_view{"STZXI"}.find(state) == std::string_view::npos) look.still = false;
            runs = runs || state == 'R';
        }
        if (runs) look.runnable.push_back(pid);
    }
    return look;
}

}  // namespace

Rest wait_for_rest(pid_t root, core::Milliseconds quiet, core::SteadyTime deadline, const core::Cancel& cancel) {
    const auto pause = std::max(quiet / 4, core::Milliseconds{1});
    // Finding the processes means reading all of /proc. A process comes from one that runs, so that it is enough to
    // look for new ones while somebody runs, and once more when those known have been quiet.
    auto known = core::descendants(root);
    auto found = now();
    Look last;
    auto quiet_since = now();
    std::size_t looks = 0;
    Rest rest;
    while (true) {
        auto look = look_at(known);
        if (looks == 0 || !look.still || look.switches != last.switches) quiet_since = now();
        ++looks;
        for (const pid_t pid : look.runnable) ++rest.busy[pid];
        last = std::move(look);
        const bool quiet_enough = now() - quiet_since >= quiet;
        if (quiet_enough || now() - found >= quiet) {
            auto all = core::descendants(root);
            found = now();
            rest.reached = quiet_enough && all == known;
            known = std::move(all);
        }
        if (rest.reached || now() >= deadline || cancel.wait_until(now() + pause)) break;
    }
    for (auto& part : rest.busy) part.second /= static_cast<double>(looks);
    return rest;
}

}  // namespace callgate::engine
