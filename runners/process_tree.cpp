#include "runners/process_tree.h"

#include "harness/core/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

namespace callgate::runners {

std::optional<ProcessStat> read_stat(pid_t pid) {
    const auto text = core::read_file(std::filesystem::path{"/proc"} / std::to_string(pid) / "stat");
    if (!text) return std::nullopt;
    // The second field, in brackets, may hold anything, ')' included.
    const auto after = text->rfind(')');
    if (after == std::string::npos || after + 4 >= text->size()) return std::nullopt;
    ProcessStat stat;
    stat.state = (*text)[after + 2];
    std::from_chars(text->data() + after + 4, text->data() + text->size(), stat.parent);
    return stat;
}

bool is_gone(pid_t pid) {
    return ::kill(pid, 0) != 0 && errno == ESRCH;
}

pid_t process_of(pid_t tid) {
    std::ifstream status{fmt::format("/proc/{}/status", tid)};
    constexpr std::string_view kLabel = "Tgid:\t";
    pid_t pid = 0;
    for (std::string line; pid == 0 && std::getline(status, line);) {
        if (!line.starts_with(kLabel)) continue;
        std::from_chars(line.data() + kLabel.size(), line.data() + line.size(), pid);
    }
    return pid;
}

std::vector<pid_t> descendants(pid_t root) {
    std::multimap<pid_t, pid_t> children;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc", error}) {
        const std::string name = entry.path().filename();
        pid_t pid = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc{}) continue;
        const auto stat = read_stat(pid);
        const bool zombie = stat && (stat->state == 'Z' || stat->state == 'X');
        if (stat && stat->parent != 0 && !zombie) children.emplace(stat->parent, pid);
    }
    std::vector<pid_t> found;
    std::vector<pid_t> open{root};
    while (!open.empty()) {
        const auto [first, last] = children.equal_range(open.back());
        open.pop_back();
        for (auto at = first; at != last; ++at) {
            found.push_back(at->second);
            open.push_back(at->second);
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace callgate::runners
