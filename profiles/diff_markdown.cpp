#include "profiles/diff.h"
#include "profiles/diff_groups.h"
#include "profiles/markdown_cell.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

namespace callgate::profiles {

namespace {

constexpr std::size_t kMostNames = 40;

std::string answer(const std::string& action, const std::string& places) {
    return places.empty() ? markdown_cell(action) : fmt::format("{} {}", markdown_cell(action), markdown_cell(places));
}

std::string row(const ChangeGroup& group) {
    const auto& change = group.head();
    std::string risks;
    for (const auto& note : change.risks) {
        risks += fmt::format("{}{} {}", risks.empty() ? "" : "; ", markdown_cell(note.witness), note.risk->lets);
    }
    return fmt::format("| {} | {} | {} | {} | {} | {} |\n", markdown_cell(names_of(group, kMostNames)),
                       markdown_cell(condition_of(group)), markdown_cell(archs_of(change)),
                       answer(before_of(change), places_of(group, &Change::first)),
                       answer(after_of(change), places_of(group, &Change::second)), risks);
}

}  // namespace

std::string render_markdown(const Differences& differences) {
    if (differences.empty()) return "The profiles answer every system call alike.\n";
    auto out = fmt::format("{} → {}: {}.\n", markdown_cell(differences.first), markdown_cell(differences.second),
                           summary_of(differences));
    std::optional<Effect> section;
    for (const auto& group : groups_of(differences, false)) {
        const auto effect = group.head().effect;
        if (section != effect) {
            out += fmt::format("\n### {}\n\n| call | when | on | was | is | risk |\n|---|---|---|---|---|---|\n",
                               heading_of(effect));
        }
        section = effect;
        out += row(group);
    }
    if (!differences.archs.empty()) {
        out +=
            "\n### architectures\n\n| architecture | listed by | newly permitted | newly refused "
            "|\n|---|---|---|---|\n";
    }
    for (const auto& change : differences.archs) {
        out += fmt::format("| {} | {} | {} | {} |\n", markdown_cell(model::arch_name(change.arch)),
                           markdown_cell(change.added ? differences.second : differences.first), change.permitted,
                           change.refused);
    }
    if (!differences.settings.empty()) out += "\n### settings\n\n| setting | was | is |\n|---|---|---|\n";
    for (const auto& change : differences.settings) {
        out += fmt::format("| {} | {} | {} |\n", markdown_cell(change.name), markdown_cell(change.before),
                           markdown_cell(change.after));
    }
    return out;
}

}  // namespace callgate::profiles
