#include "harness/core/files.h"
#include "harness/core/processes.h"
#include "harness/core/stable_text.h"
#include "harness/engine/snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <string_view>

namespace callgate::engine {

namespace {

/// A server that names its processes writes "nginx: worker process" over its arguments; a name alone says less.
std::string role_of(pid_t pid, const std::string& comm, const std::string& directory) {
    const auto text = core::read_file(fmt::format("/proc/{}/cmdline", pid));
    if (!text) return comm;
    auto title = text->substr(0, text->find('\0'));
    if (title.find(": ") == std::string::npos) return comm;
    while (!title.empty() && title.back() == ' ') title.pop_back();
    return core::stable_text(title, directory);
}

/// Of /proc/PID/status (proc(5)): real and effective ids, supplementary groups, effective capabilities.
std::string identity_of(pid_t pid) {
    std::ifstream status{fmt::format("/proc/{}/status", pid)};
    std::string identity;
    for (std::string line; std::getline(status, line);) {
        for (const std::string_view label : {"Uid:", "Gid:", "Groups:", "CapEff:"}) {
            if (!line.starts_with(label)) continue;
            std::replace(line.begin(), line.end(), '\t', ' ');
            while (line.ends_with(' ')) line.pop_back();
            identity += (identity.empty() ? "" : ", ") + line;
        }
    }
    return identity;
}

}  // namespace

std::vector<SeenProcess> see_processes(pid_t root, pid_t leader, const Rest& rest, const std::string& directory) {
    std::vector<SeenProcess> processes;
    if (root == 0) return processes;
    for (const pid_t pid : core::descendants(root)) {
        const auto stat = core::read_stat(pid);
        if (!stat) continue;
        SeenProcess process;
        process.pid = pid;
        process.zombie = core::is_zombie(*stat);
        process.role = process.zombie ? stat->comm : role_of(pid, stat->comm, directory);
        if (!process.zombie) process.identity = identity_of(pid);
        process.orphan = stat->parent == root && pid != leader;
        if (const auto busy = rest.busy.find(pid); busy != rest.busy.end() && !rest.reached)
            process.busy = busy->second;
        processes.push_back(std::move(process));
    }
    return processes;
}

}  // namespace callgate::engine
