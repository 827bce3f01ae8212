#include "harness/core/processes.h"

#include "harness/core/files.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <sstream>

namespace callgate::core {

std::optional<ProcessStat> read_stat(pid_t pid) {
    const auto text = read_file(std::filesystem::path{"/proc"} / std::to_string(pid) / "stat");
    if (!text) return std::nullopt;
    // The second field, in brackets, may hold anything, brackets included.
    const auto open = text->find('(');
    const auto close = text->rfind(')');
    if (open == std::string::npos || close == std::string::npos) return std::nullopt;
    ProcessStat stat;
    stat.comm = text->substr(open + 1, close - open - 1);
    std::istringstream fields{text->substr(close + 1)};
    fields >> stat.state >> stat.parent;
    const auto skip = [&fields](int count) {
        std::string skipped;
        for (int i = 0; i < count; ++i) fields >> skipped;
    };
    skip(9);  // pgrp to cmajflt
    std::uint64_t user = 0;
    std::uint64_t system = 0;
    fields >> user >> system;
    skip(6);  // cutime to itrealvalue
    if (!(fields >> stat.started)) return std::nullopt;
    stat.cpu_ticks = user + system;
    skip(5);  // vsize to endcode
    fields >> stat.start_stack;
    return stat;
}

bool is_zombie(const ProcessStat& stat) {
    return stat.state == 'Z' || stat.state == 'X';
}

std::vector<pid_t> descendants(pid_t root) {
    std::multimap<pid_t, pid_t> children;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc", error}) {
        const std::string name = entry.path().filename();
        pid_t pid = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc{}) continue;
        const auto stat = read_stat(pid);
        if (stat && stat->parent != 0) children.emplace(stat->parent, pid);
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

}  // namespace callgate::core
