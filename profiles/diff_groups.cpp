#include "profiles/diff_groups.h"

#include "profiles/known_numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace callgate::profiles {

namespace {

std::string shown(const model::Place& place) {
    return fmt::format("{}:{}", place.file, place.line);
}

std::string words(model::Action action, model::Action other) {
    auto text = model::describe(action);
    if (text == model::describe(other) && action != other) text += fmt::format(" with data {}", action.data);
    return text;
}

}  // namespace

std::vector<ChangeGroup> groups_of(const Differences& differences, bool all) {
    using Side = std::tuple<Decider::By, std::size_t>;
    const auto side = [](const std::vector<Decider>& deciders) {
        return Side{deciders.front().by, deciders.front().entry.rule};
    };
    std::map<std::tuple<Effect, model::Action, model::Action, std::vector<model::Arch>, Side, Side>, std::size_t> index;
    std::vector<ChangeGroup> groups;
    for (const auto& change : differences.changes) {
        if (!change.listed_by_both && !all) continue;
        const bool by_defaults = change.first.front().by == Decider::By::default_action &&
                                 change.second.front().by == Decider::By::default_action;
        const bool condition_counts = all || change.effect != Effect::otherwise || !by_defaults;
        if ((!change.when.empty() && condition_counts) || !change.risks.empty()) {
            groups.push_back({{&change}});
            continue;
        }
        const auto [known, is_new] = index.try_emplace(
            {change.effect, change.before, change.after, change.archs, side(change.first), side(change.second)},
            groups.size());
        if (is_new) groups.emplace_back();
        groups[known->second].changes.push_back(&change);
    }
    return groups;
}

std::string condition_of(const ChangeGroup& group) {
    return group.changes.size() == 1 ? group.head().when : std::string{};
}

std::string heading_of(Effect effect) {
    switch (effect) {
        case Effect::permitted:
            return "newly permitted";
        case Effect::refused:
            return "newly refused";
        case Effect::otherwise:
            return "answered otherwise";
    }
    return {};
}

std::string summary_of(const Differences& differences) {
    std::map<Effect, std::set<std::string>> names;
    std::set<std::string> dangerous;
    for (const auto& change : differences.changes) {
        const auto name = change.name.empty() ? std::string{"numbers without a name"} : change.name;
        names[change.effect].insert(name);
        if (!change.risks.empty()) dangerous.insert(name);
    }
    std::vector<std::string> parts;
    for (const auto& [effect, calls] : names) {
        auto part = fmt::format("{} {}", calls.size(), heading_of(effect));
        if (effect == Effect::permitted && !dangerous.empty()) part += fmt::format(" ({} dangerous)", dangerous.size());
        parts.push_back(std::move(part));
    }
    if (!differences.settings.empty()) {
        const auto count = differences.settings.size();
        parts.push_back(fmt::format("{} {}", count, count == 1 ? "setting" : "settings"));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::string names_of(const ChangeGroup& group, std::size_t limit) {
    std::vector<std::string> parts;
    std::size_t more = 0;
    for (const auto* change : group.changes) {
        if (change->name.empty()) {
            parts.push_back(change->numbers.size() > limit ? std::string{"numbers without a name"}
                                                           : fmt::format("numbers {}", number_words(change->numbers)));
        } else if (parts.size() < limit) {
            parts.push_back(change->when.empty() ? change->name : change->witness_text);
        } else {
            ++more;
        }
    }
    auto all = fmt::format("{}", fmt::join(parts, ", "));
    if (more != 0) all += fmt::format(", and {} more", more);
    return all;
}

std::string archs_of(const Change& change) {
    if (change.archs.empty()) return "all other architectures";
    std::vector<std::string> names;
    for (const auto arch : change.archs) names.push_back(model::arch_name(arch));
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string before_of(const Change& change) {
    return words(change.before, change.after);
}

std::string after_of(const Change& change) {
    return words(change.after, change.before);
}

std::string places_of(const ChangeGroup& group, std::vector<Decider> Change::*side) {
    const auto& deciders = group.head().*side;
    switch (deciders.front().by) {
        case Decider::By::rule:
            break;
        case Decider::By::default_action:
            return fmt::format("{}, default action", shown(deciders.front().place));
        case Decider::By::architecture:
            return "architecture not listed";
        case Decider::By::runtime:
            return "the runtime";
        case Decider::By::program:
            return {};
    }
    if (group.changes.size() > 1) return shown(deciders.front().rule);
    std::vector<std::string> places;
    for (const auto& decider : deciders) {
        auto place = shown(decider.place);
        if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(std::move(place));
    }
    return fmt::format("{}", fmt::join(places, ", "));
}

}  // namespace callgate::profiles
