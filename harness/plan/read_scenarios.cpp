#include "harness/plan/read_scenarios.h"

#include "harness/document/read.h"
#include "harness/plan/read_oracles.h"
#include "harness/plan/wording.h"
#include "harness/ports/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <string_view>

namespace callgate::plan {

namespace {

using document::MappingReader;
using document::Node;

constexpr std::size_t kLongestName = 100;

/// The phases around the scenarios: a case of that name exists already.
constexpr std::array<std::string_view, 2> kPhases{"startup", "shutdown"};

void read_steps(const Node& steps, ScenarioPlan& scenario, core::Diagnostics& diagnostics) {
    if (steps.kind != Node::Kind::sequence) {
        diagnostics.error(steps.span, fmt::format("{} stands where a list of steps is wanted", kind_name(steps)));
    } else if (steps.items.empty()) {
        diagnostics.error(steps.span, "the list of steps is empty");
    } else {
        scenario.steps = steps.items;
    }
}

void read_with(const Node& with, ScenarioPlan& scenario, core::Diagnostics& diagnostics) {
    if (with.kind != Node::Kind::mapping) {
        diagnostics.error(with.span, fmt::format("{} stands where parameters are wanted", kind_name(with)),
                          "a mapping of the scenario's parameters to values");
    }
    for (const auto& member : with.members) scenario.with.emplace(member.key, member.value);
}

ScenarioPlan read_scenario(const Node& node, core::Diagnostics& diagnostics) {
    MappingReader reader{node, "a scenario", diagnostics};
    ScenarioPlan scenario;
    scenario.place = ports::place_of(node.span);
    scenario.span = node.span;
    const auto* name = reader.optional("name");
    if (name != nullptr) scenario.name = read_display_name(*name, diagnostics).value_or("");
    if (const auto* use = reader.optional("use")) {
        scenario.use = read_text(*use, diagnostics).value_or("");
        scenario.use_span = use->span;
        if (name == nullptr) scenario.name = scenario.use;
    } else if (name == nullptr && reader.is_mapping()) {
        diagnostics.error(node.span, "a scenario has no 'name'");
    }
    exactly_one_of(node, "a scenario", {"use", "steps"}, diagnostics);
    if (const auto* with = reader.optional("with")) {
        read_with(*with, scenario, diagnostics);
        if (node.find("use") == nullptr) {
            diagnostics.error(key_span(node, "with"), "'with' stands without 'use'",
                              "parameters belong to a scenario of the library");
        }
    }
    if (const auto* steps = reader.optional("steps")) read_steps(*steps, scenario, diagnostics);
    if (const auto* changes = reader.optional("workload")) scenario.workload_override = *changes;
    if (const auto* within = reader.optional("within")) {
        scenario.within = ports::read_positive_duration(*within, diagnostics).value_or(core::Milliseconds{0});
    }
    if (const auto* oracles = reader.optional("oracles")) scenario.oracles = read_oracles(*oracles, diagnostics);
    if (const auto* tags = reader.optional("tags")) scenario.tags = read_names(*tags, "a tag", diagnostics);
    reader.finish();
    return scenario;
}

}  // namespace

std::vector<ScenarioPlan> read_scenarios(const Node& list, core::Diagnostics& diagnostics) {
    std::vector<ScenarioPlan> scenarios;
    if (list.kind != Node::Kind::sequence) {
        diagnostics.error(list.span, fmt::format("{} stands where a list of scenarios is wanted", kind_name(list)));
        return scenarios;
    }
    std::map<std::string, core::Span> seen;
    for (const auto& item : list.items) {
        auto scenario = read_scenario(item, diagnostics);
        if (!scenario.name.empty()) {
            const auto* named = item.find("name");
            const auto& span = named != nullptr ? named->span : scenario.use_span;
            const auto [first, is_new] = seen.emplace(scenario.name, span);
            if (!is_new) {
                diagnostics.error(span, fmt::format("two scenarios are called '{}'", scenario.name),
                                  fmt::format("{}; give this one a 'name' of its own", stands_already(first->second)));
            }
        }
        scenarios.push_back(std::move(scenario));
    }
    return scenarios;
}

std::optional<std::string> read_display_name(const Node& node, core::Diagnostics& diagnostics) {
    auto name = read_text(node, diagnostics);
    if (!name) return std::nullopt;
    const auto fits = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view{" ._+-"}.find(c) != std::string::npos;
    };
    if (std::isalnum(static_cast<unsigned char>(name->front())) == 0 || name->size() > kLongestName ||
        !std::all_of(name->begin(), name->end(), fits)) {
        diagnostics.error(
            node.span, fmt::format("'{}' cannot be a name", *name),
            fmt::format("a letter or digit, then letters, digits, blanks and ._+-, at most {} in all", kLongestName));
        return std::nullopt;
    }
    if (std::find(kPhases.begin(), kPhases.end(), *name) != kPhases.end()) {
        diagnostics.error(node.span, fmt::format("'{}' is the name of a phase of every run", *name),
                          "give it another name");
        return std::nullopt;
    }
    return name;
}

}  // namespace callgate::plan
