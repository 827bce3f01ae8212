#include "runners/process_tree.h"

#include "harness/core/files.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <string>

namespace callgate::runners {

namespace {

struct ProcessStat {
    pid_t parent = 0;
    bool zombie = false;
};

/// Third and fourth field of /proc/PID/stat; the second may hold anything, ')' included (proc(5)).
ProcessStat read_stat(const std::filesystem::path& directory) {
    const auto text = core::read_file(directory / "stat");
    if (!text) return {};
    const auto after = text->rfind(')');
    if (after == std::string::npos || after + 4 >= text->size()) return {};
    ProcessStat stat;
    stat.zombie = (*text)[after + 2] == 'Z' || (*text)[after + 2] == 'X';
    std::from_chars(text->data() + after + 4, text->data() + text->size(), stat.parent);
    return stat;
}

}  // namespace

std::vector<pid_t> descendants(pid_t root) {
    std::multimap<pid_t, pid_t> children;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc", error}) {
        const std::string name = entry.path().filename();
        pid_t pid = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc{}) continue;
        const auto stat = read_stat(entry.path());
        if (stat.parent != 0 && !stat.zombie) children.emplace(stat.parent, pid);
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
