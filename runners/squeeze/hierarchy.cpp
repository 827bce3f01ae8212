#include "runners/squeeze/hierarchy.h"

#include "harness/core/files.h"

#include <fmt/format.h>

#include <optional>
#include <sstream>
#include <vector>

namespace callgate::runners {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (true) {
        const auto at = text.find(separator);
        parts.emplace_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

bool has(const std::vector<std::string>& words, std::string_view word) {
    for (const auto& one : words) {
        if (one == word) return true;
    }
    return false;
}

struct Mount {
    std::string root;   ///< of the hierarchy, as this mount shows it
    std::string point;  ///< where
};

/// The mount of the unified hierarchy, or of the one that holds `controller`.
std::optional<Mount> find_mount(std::string_view mounts, int version, std::string_view controller) {
    for (const auto& line : split(mounts, '\n')) {
        // proc_pid_mountinfo(5): ID parent device ROOT POINT options... - TYPE source SUPER-OPTIONS
        const auto dash = line.find(" - ");
        if (dash == std::string::npos) continue;
        const auto before = split(std::string_view{line}.substr(0, dash), ' ');
        const auto after = split(std::string_view{line}.substr(dash + 3), ' ');
        if (before.size() < 5 || after.size() < 3) continue;
        const bool fits =
            version == 2 ? after[0] == "cgroup2" : after[0] == "cgroup" && has(split(after[2], ','), controller);
        if (fits) return Mount{before[3], before[4]};
    }
    return std::nullopt;
}

/// The path in the hierarchy of version 1 that holds `controller`, or in the unified one, where `controller` is "".
std::optional<std::string> find_group(std::string_view groups, std::string_view controller) {
    for (const auto& line : split(groups, '\n')) {
        const auto first = line.find(':');
        const auto second = first == std::string::npos ? first : line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const auto controllers = line.substr(first + 1, second - first - 1);
        const bool fits = controller.empty() ? controllers.empty() : has(split(controllers, ','), controller);
        if (fits) return line.substr(second + 1);
    }
    return std::nullopt;
}

/// A container's mount may show a part of the hierarchy only, or paths that do not exist in it.
fs::path place(const Mount& mount, const std::string& group) {
    auto inside = group;
    if (mount.root != "/" && inside.starts_with(mount.root)) inside.erase(0, mount.root.size());
    while (inside.ends_with('/')) inside.pop_back();
    if (inside.find("/..") != std::string::npos) return mount.point;  // outside the cgroup namespace
    auto path = fs::path{mount.point + inside}.lexically_normal();
    std::error_code error;
    return fs::is_directory(path, error) ? path : fs::path{mount.point};
}

std::vector<std::string> words_of(const fs::path& file) {
    const auto text = core::read_file(file);
    std::istringstream stream{text ? *text : std::string{}};
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

std::string remedy() {
    return "run callgate as root, in a container with --privileged, or below a systemd unit with Delegate=yes";
}

/// Groups with processes pass no controllers on (cgroups(7), "no internal processes"), except the root: a new group is
/// made beside the process's own.
core::Result<Hierarchy> unified(std::string_view controller, const Mount& mount, const fs::path& own) {
    const bool is_root = own == fs::path{mount.point};
    const auto parent = is_root ? own : own.parent_path();
    if (!has(words_of(parent / "cgroup.controllers"), controller)) {
        return core::fail(fmt::format("the '{}' controller of cgroup v2 is not there in {}: {}", controller,
                                      parent.string(), remedy()));
    }
    return Hierarchy{2, parent, own};
}

}  // namespace

core::Result<Hierarchy> find_hierarchy(std::string_view controller, std::string_view mounts, std::string_view groups) {
    const auto mount = find_mount(mounts, 1, controller);
    const auto group = find_group(groups, controller);
    if (mount && group) {
        const auto own = place(*mount, *group);
        return Hierarchy{1, own, own};
    }
    const auto unified_mount = find_mount(mounts, 2, "");
    const auto unified_group = find_group(groups, "");
    if (!unified_mount || !unified_group) {
        return core::fail(fmt::format("no control groups are mounted here, so there is no '{}' controller: {}",
                                      controller, remedy()));
    }
    return unified(controller, *unified_mount, place(*unified_mount, *unified_group));
}

}  // namespace callgate::runners
