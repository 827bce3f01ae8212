#include "runners/process_tree.h"

#include "harness/core/files.h"
#include "harness/core/processes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace callgate::runners {

namespace {

/// A zero byte ends each argument; a rewritten title is often padded with them.
std::string with_blanks(std::string text) {
    const auto last = text.find_last_not_of(std::string_view{"\0 ", 2});
    text.erase(last == std::string::npos ? 0 : last + 1);
    std::replace(text.begin(), text.end(), '\0', ' ');
    return text;
}

}  // namespace

std::vector<ports::LiveProcess> look_at(const std::vector<pid_t>& pids, pid_t first) {
    std::vector<ports::LiveProcess> live;
    for (const auto pid : pids) {
        const auto stat = core::read_stat(pid);
        const auto command_line = core::read_file(fmt::format("/proc/{}/cmdline", pid));
        if (!stat || !command_line) continue;
        live.push_back({pid, stat->started, stat->comm, with_blanks(*command_line)});
    }
    std::sort(live.begin(), live.end(), [first](const ports::LiveProcess& a, const ports::LiveProcess& b) {
        return std::tuple{a.pid != first, a.started, a.pid} < std::tuple{b.pid != first, b.started, b.pid};
    });
    return live;
}

bool is_gone(pid_t pid) {
    return ::kill(pid, 0) != 0 && errno == ESRCH;
}

std::optional<std::uint64_t> status_number(pid_t tid, std::string_view label) {
    std::ifstream status{fmt::format("/proc/{}/status", tid)};
    const auto wanted = fmt::format("{}:\t", label);
    for (std::string line; std::getline(status, line);) {
        if (!line.starts_with(wanted)) continue;
        std::uint64_t number = 0;
        std::from_chars(line.data() + wanted.size(), line.data() + line.size(), number);
        return number;
    }
    return std::nullopt;
}

pid_t process_of(pid_t tid) {
    return static_cast<pid_t>(status_number(tid, "Tgid").value_or(0));
}

std::vector<pid_t> live_descendants(pid_t root) {
    auto found = core::descendants(root);
    std::erase_if(found, [](pid_t pid) {
        const auto stat = core::read_stat(pid);
        return !stat || core::is_zombie(*stat);
    });
    return found;
}

}  // namespace callgate::runners
