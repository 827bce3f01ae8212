#include "runners/process_tree.h"

#include "harness/core/processes.h"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <string>
#include <string_view>

namespace callgate::runners {

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

std::vector<pid_t> live_descendants(pid_t root) {
    auto found = core::descendants(root);
    std::erase_if(found, [](pid_t pid) {
        const auto stat = core::read_stat(pid);
        return !stat || core::is_zombie(*stat);
    });
    return found;
}

}  // namespace callgate::runners
