#include "profiles/by_name.h"

#include <fmt/format.h>

#include <map>
#include <utility>

namespace callgate::profiles {

bool CallRules::unconditional() const {
    return alternatives.size() == 1 && alternatives.front().clause.empty();
}

std::vector<CallRules> by_name(const model::Profile& profile) {
    std::vector<CallRules> all;
    std::map<std::string, std::size_t> places;
    for (const auto& rule : profile.rules) {
        if (!counts(profile, rule)) continue;
        const auto said = clauses(rule);
        for (const auto& name : rule.names) {
            const auto [place, is_new] = places.try_emplace(name.text, all.size());
            if (is_new) all.push_back({name, {}});
            auto& call = all[place->second];
            if (call.unconditional()) continue;
            if (rule.args.empty()) call.alternatives.clear();
            for (const auto& clause : said) call.alternatives.push_back({clause, action_of(rule)});
        }
    }
    return all;
}

std::string at(const core::Span& span, std::string_view text) {
    return span.known() ? fmt::format("{}: {}", file_and_line(span), text) : std::string{text};
}

std::string listed(const std::vector<std::string>& words) {
    constexpr std::size_t kShown = 6;
    if (words.size() <= kShown + 1) return fmt::format("{}", fmt::join(words, ", "));
    return fmt::format("{} and {} more", fmt::join(words.begin(), words.begin() + kShown, ", "), words.size() - kShown);
}

}  // namespace callgate::profiles
