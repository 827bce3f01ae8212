#include "profiles/diff.h"
#include "profiles/diff_groups.h"
#include "profiles/wrapped.h"

#include <fmt/format.h>

#include <limits>
#include <optional>

namespace callgate::profiles {

namespace {

/// Names of one group before "and N more".
constexpr std::size_t kMostNames = 40;

std::string sign_of(const Change& change) {
    if (!change.risks.empty()) return "!";
    return change.effect == Effect::permitted ? "+" : change.effect == Effect::refused ? "-" : "~";
}

std::string line(std::string_view label, std::string_view text) {
    return wrapped(fmt::format("{:>10}  ", label), text);
}

std::string answer(const std::string& action, const std::string& places) {
    return places.empty() ? action : fmt::format("{} ({})", action, places);
}

std::string group_text(const ChangeGroup& group, std::size_t limit) {
    const auto& change = group.head();
    auto out = wrapped(sign_of(change) + " ", names_of(group, limit));
    if (const auto when = condition_of(group); !when.empty()) out += line("when", when);
    out += line("on", archs_of(change));
    out += line("was", answer(before_of(change), places_of(group, &Change::first)));
    out += line("is", answer(after_of(change), places_of(group, &Change::second)));
    for (const auto& note : change.risks) {
        const bool said = note.risk->mask == 0 || (!change.when.empty() && note.witness == change.witness_text);
        out += line("risk", said ? std::string{note.risk->lets} : fmt::format("{} {}", note.witness, note.risk->lets));
    }
    return out;
}

std::string arch_text(const Differences& differences, const ArchChange& change) {
    const auto& with = change.added ? differences.second : differences.first;
    const auto& without = change.added ? differences.first : differences.second;
    auto out = wrapped(change.added ? "+ " : "- ",
                       fmt::format("{}: {} lists it, {} does not", model::arch_name(change.arch), with, without));
    std::string counts;
    const auto count = [&](std::size_t calls, Effect effect) {
        if (calls == 0) return;
        counts += fmt::format("{}{} {} {}", counts.empty() ? "" : ", ", calls, calls == 1 ? "call" : "calls",
                              heading_of(effect));
    };
    count(change.permitted, Effect::permitted);
    count(change.refused, Effect::refused);
    return counts.empty() ? out : out + line("", counts);
}

std::string setting_text(const SettingChange& change) {
    const auto shown = [](const std::string& value) { return value.empty() ? std::string{"nothing"} : value; };
    return wrapped("~ ", fmt::format("{}: {} -> {}", change.name, shown(change.before), shown(change.after)));
}

}  // namespace

std::string render_text(const Differences& differences, bool all) {
    if (differences.empty()) return "no difference\n";
    auto out = wrapped("", fmt::format("{} -> {}: {}", differences.first, differences.second, summary_of(differences)));
    std::optional<Effect> section;
    for (const auto& group : groups_of(differences, all)) {
        const auto effect = group.head().effect;
        if (section != effect) out += fmt::format("\n{}\n", heading_of(effect));
        section = effect;
        out += group_text(group, all ? std::numeric_limits<std::size_t>::max() : kMostNames);
    }
    if (!differences.archs.empty()) out += "\narchitectures\n";
    for (const auto& change : differences.archs) out += arch_text(differences, change);
    if (!differences.settings.empty()) out += "\nsettings\n";
    for (const auto& change : differences.settings) out += setting_text(change);
    return out;
}

}  // namespace callgate::profiles
