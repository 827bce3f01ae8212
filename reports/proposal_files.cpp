#include "reports/proposal_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

namespace callgate::reports {

namespace {

constexpr std::size_t kLongestStem = 64;

/// "nginx" of "profiles/nginx.json"; only characters that no file system, shell or URL takes for something else.
std::string safe_stem(std::string_view path) {
    if (const auto slash = path.rfind('/'); slash != std::string_view::npos) path.remove_prefix(slash + 1);
    if (const auto dot = path.rfind('.'); dot != std::string_view::npos && dot > 0) path = path.substr(0, dot);
    std::string stem;
    for (const char c : path.substr(0, kLongestStem)) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
        stem += plain ? c : '_';
    }
    // A name that begins with a dot is hidden, one with a dash is an option.
    stem.erase(0, stem.find_first_not_of(".-"));
    return stem.empty() ? "profile" : stem;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

}  // namespace

std::vector<ProposalNames> proposal_names(const model::RunResult& run) {
    if (run.proposals.size() == 1) return {{"profile.proposed.json", "profile.diff"}};
    std::vector<ProposalNames> names;
    std::set<std::string> taken;
    for (const auto& proposal : run.proposals) {
        const auto stem = safe_stem(proposal.profile);
        auto name = stem;
        // Two names that differ in case alone are one file on some systems.
        for (int number = 2; !taken.insert(lower(name)).second; ++number) name = fmt::format("{}-{}", stem, number);
        names.push_back({name + ".proposed.json", name + ".diff"});
    }
    return names;
}

std::vector<std::pair<std::string, std::string>> proposal_files(const model::RunResult& run) {
    const auto names = proposal_names(run);
    std::vector<std::pair<std::string, std::string>> files;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto& proposal = run.proposals[i];
        if (!proposal.text.empty()) files.emplace_back(names[i].profile, proposal.text);
        if (!proposal.diff.empty()) files.emplace_back(names[i].diff, proposal.diff);
    }
    return files;
}

}  // namespace callgate::reports
