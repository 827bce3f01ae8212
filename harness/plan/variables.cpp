#include "harness/plan/variables.h"

#include <fmt/format.h>

#include <string_view>

namespace callgate::plan {

namespace {

constexpr std::string_view kMention = "${env.";
constexpr std::string_view kPlaceholderDirectory = "/workdir";
constexpr std::uint16_t kPlaceholderPort = 1;

void add_environment(const document::Node& node, const Environment& environment, ports::Variables& variables) {
    plan::add_environment(node.scalar, environment, variables);
    for (const auto& item : node.items) add_environment(item, environment, variables);
    for (const auto& member : node.members) add_environment(member.value, environment, variables);
}

}  // namespace

void add_environment(const std::string& text, const Environment& environment, ports::Variables& variables) {
    const auto prefix = kMention.substr(2);
    for (auto at = text.find(kMention); at != std::string::npos; at = text.find(kMention, at + 1)) {
        const auto begin = at + kMention.size();
        const auto end = text.find('}', begin);
        if (end == std::string::npos) return;
        const auto found = environment.find(text.substr(begin, end - begin));
        if (found != environment.end()) variables.emplace(fmt::format("{}{}", prefix, found->first), found->second);
    }
}

ports::Variables variables(const Plan& plan, const Environment& environment, const std::string& workdir,
                           const std::map<std::string, std::uint16_t>& ports) {
    ports::Variables all{{"workdir", workdir}, {"plan.dir", plan.directory.string()}};
    for (const auto& [name, number] : ports) all.emplace("port." + name, std::to_string(number));
    add_environment(plan.workload, environment, all);
    for (const auto& scenario : plan.scenarios) {
        for (const auto& step : scenario.steps) add_environment(step, environment, all);
        for (const auto& parameter : scenario.with) add_environment(parameter.second, environment, all);
        if (scenario.workload_override) add_environment(*scenario.workload_override, environment, all);
    }
    return all;
}

ports::Variables known_variables(const Plan& plan, const Environment& environment) {
    std::map<std::string, std::uint16_t> ports;
    for (const auto& name : plan.ports) ports.emplace(name, kPlaceholderPort);
    return variables(plan, environment, std::string{kPlaceholderDirectory}, ports);
}

}  // namespace callgate::plan
