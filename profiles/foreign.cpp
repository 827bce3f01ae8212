#include "profiles/foreign.h"

#include <algorithm>
#include <array>

namespace callgate::profiles {

namespace {

constexpr std::string_view kDocker = "Docker's profile format";
constexpr std::string_view kDockerHint =
    "write what the runtime makes of it on the node: 'architectures' for 'archMap', only the rules that hold there, "
    "'names' for 'name', and no comments";
constexpr std::string_view kKubernetes = "a Kubernetes object such as the security-profiles-operator's SeccompProfile";
constexpr std::string_view kKubernetesHint = "write the profile that its 'spec' describes into a JSON file of its own";

constexpr std::array<std::string_view, 2> kDockerKeys{"archMap", "defaultErrno"};
constexpr std::array<std::string_view, 5> kDockerRuleKeys{"name", "comment", "includes", "excludes", "errno"};
constexpr std::array<std::string_view, 2> kKubernetesKeys{"apiVersion", "kind"};

template <std::size_t Count>
std::optional<Foreign> find_among(const document::Node& mapping, const std::array<std::string_view, Count>& keys,
                                  std::string_view owner, std::string_view hint) {
    for (const auto& member : mapping.members) {
        if (std::find(keys.begin(), keys.end(), member.key) == keys.end()) continue;
        return Foreign{member.key, member.key_span, owner, hint};
    }
    return std::nullopt;
}

}  // namespace

std::optional<Foreign> find_foreign(const document::Node& root) {
    if (auto found = find_among(root, kKubernetesKeys, kKubernetes, kKubernetesHint)) return found;
    if (auto found = find_among(root, kDockerKeys, kDocker, kDockerHint)) return found;
    const auto* rules = root.find("syscalls");
    if (rules == nullptr) return std::nullopt;
    for (const auto& rule : rules->items) {
        if (auto found = find_among(rule, kDockerRuleKeys, kDocker, kDockerHint)) return found;
    }
    return std::nullopt;
}

}  // namespace callgate::profiles
