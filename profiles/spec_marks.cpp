#include "profiles/spec_marks.h"

#include "profiles/lines.h"

#include <algorithm>
#include <array>

namespace callgate::profiles {

namespace {

/// True when the profile has one of the keys, or one of its rules has one of the others.
bool has_any(const document::Node& root, std::span<const std::string_view> keys,
             std::span<const std::string_view> rule_keys) {
    const auto has = [](const document::Node& node, std::span<const std::string_view> wanted) {
        return std::any_of(wanted.begin(), wanted.end(), [&](auto key) { return node.find(key) != nullptr; });
    };
    if (has(root, keys)) return true;
    const auto* rules = root.find("syscalls");
    return rules != nullptr && std::any_of(rules->items.begin(), rules->items.end(),
                                           [&](const document::Node& rule) { return has(rule, rule_keys); });
}

}  // namespace

bool has_docker_marks(const document::Node& root) {
    static constexpr std::array<std::string_view, 1> kKeys{"archMap"};
    static constexpr std::array<std::string_view, 3> kRuleKeys{"name", "includes", "excludes"};
    return has_any(root, kKeys, kRuleKeys);
}

bool has_containers_marks(const document::Node& root) {
    static constexpr std::array<std::string_view, 1> kKeys{"defaultErrno"};
    static constexpr std::array<std::string_view, 1> kRuleKeys{"errno"};
    return has_any(root, kKeys, kRuleKeys);
}

std::optional<model::Profile> read_whole(const Input& input, const SpecDialect& dialect,
                                         core::Diagnostics& diagnostics) {
    if (input.root != nullptr) return read_spec(*input.root, dialect, diagnostics);
    diagnostics.error(first_byte(input.source), "this is not JSON: such a profile begins with '{'");
    return std::nullopt;
}

}  // namespace callgate::profiles
