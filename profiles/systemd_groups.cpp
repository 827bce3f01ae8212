#include "profiles/systemd_groups.h"

#include <algorithm>
#include <array>
#include <utility>

namespace callgate::profiles {

namespace {

using Group = std::pair<std::string_view, std::string_view>;

constexpr std::array kGroups{
#define CALLGATE_SYSTEMD_GROUP(name, members) Group{name, members},
#include "profiles/systemd_groups.inc"
#undef CALLGATE_SYSTEMD_GROUP
};

// systemd's sets are two deep; a table that were deeper or went in circles would end here.
constexpr int kDeepest = 4;

void collect(std::string_view name, int depth, std::vector<std::string>& into) {
    const auto group =
        std::find_if(kGroups.begin(), kGroups.end(), [&](const Group& one) { return one.first == name; });
    if (group == kGroups.end() || depth > kDeepest) return;
    auto rest = group->second;
    while (!rest.empty()) {
        const auto end = std::min(rest.find(' '), rest.size());
        const auto member = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (member.starts_with('@')) {
            collect(member, depth + 1, into);
        } else if (std::find(into.begin(), into.end(), member) == into.end()) {
            into.emplace_back(member);
        }
    }
}

}  // namespace

std::optional<std::vector<std::string>> systemd_group(std::string_view name) {
    const auto known = std::any_of(kGroups.begin(), kGroups.end(), [&](const Group& one) { return one.first == name; });
    if (!known) return std::nullopt;
    std::vector<std::string> members;
    collect(name, 0, members);
    return members;
}

std::vector<std::string> systemd_groups() {
    std::vector<std::string> names;
    for (const auto& [name, members] : kGroups) names.emplace_back(name);
    return names;
}

}  // namespace callgate::profiles
