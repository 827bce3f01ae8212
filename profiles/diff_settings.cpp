#include "profiles/diff_settings.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

namespace callgate::profiles {

namespace {

std::set<std::string> flags_of(const model::Profile& profile) {
    if (!profile.flags) return {"SECCOMP_FILTER_FLAG_SPEC_ALLOW"};  // runtimes take it where nothing is said
    std::set<std::string> flags{profile.flags->begin(), profile.flags->end()};
    flags.erase("SECCOMP_FILTER_FLAG_TSYNC");  // runtimes take it and do nothing with it
    return flags;
}

}  // namespace

std::vector<SettingChange> setting_changes(const model::Profile& first, const model::Profile& second) {
    std::vector<SettingChange> changes;
    const auto before = flags_of(first);
    const auto after = flags_of(second);
    auto all = before;
    all.insert(after.begin(), after.end());
    for (const auto& flag : all) {
        const bool was = before.count(flag) != 0;
        const bool is = after.count(flag) != 0;
        if (was != is) changes.push_back({flag, was ? "set" : "", is ? "set" : ""});
    }
    const auto compare = [&](std::string name, const std::optional<std::string>& a,
                             const std::optional<std::string>& b) {
        if (a != b) changes.push_back({std::move(name), a.value_or(""), b.value_or("")});
    };
    compare("listenerPath", first.listener_path, second.listener_path);
    compare("listenerMetadata", first.listener_metadata, second.listener_metadata);
    return changes;
}

}  // namespace callgate::profiles
