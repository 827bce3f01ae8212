#include "harness/core/printable.h"
#include "profiles/diff.h"
#include "profiles/diff_groups.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

namespace callgate::profiles {

namespace {

constexpr std::size_t kMostNames = 40;

/// A cell of a Markdown table: untrusted text becomes a code span that it cannot leave.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : core::printable(text)) {
        if (c == '|') out += '\\';
        out += c == '`' ? '\'' : c;
    }
    return out.empty() ? out : "`" + out + "`";
}

std::string answer(const std::string& action, const std::string& places) {
    return places.empty() ? cell(action) : fmt::format("{} {}", cell(action), cell(places));
}

std::string row(const ChangeGroup& group) {
    const auto& change = group.head();
    std::string risks;
    for (const auto& note : change.risks) {
        risks += fmt::format("{}{} {}", risks.empty() ? "" : "; ", cell(note.witness), note.risk->lets);
    }
    return fmt::format("| {} | {} | {} | {} | {} | {} |\n", cell(names_of(group, kMostNames)),
                       cell(condition_of(group)), cell(archs_of(change)),
                       answer(before_of(change), places_of(group, &Change::first)),
                       answer(after_of(change), places_of(group, &Change::second)), risks);
}

}  // namespace

std::string render_markdown(const Differences& differences) {
    if (differences.empty()) return "The profiles answer every system call alike.\n";
    auto out =
        fmt::format("{} → {}: {}.\n", cell(differences.first), cell(differences.second), summary_of(differences));
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
        out +=
            fmt::format("| {} | {} | {} | {} |\n", cell(model::arch_name(change.arch)),
                        cell(change.added ? differences.second : differences.first), change.permitted, change.refused);
    }
    if (!differences.settings.empty()) out += "\n### settings\n\n| setting | was | is |\n|---|---|---|\n";
    for (const auto& change : differences.settings) {
        out += fmt::format("| {} | {} | {} |\n", cell(change.name), cell(change.before), cell(change.after));
    }
    return out;
}

}  // namespace callgate::profiles
