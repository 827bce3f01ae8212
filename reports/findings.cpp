#include "reports/findings.h"

#include "harness/model/mode.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace callgate::reports {

namespace {

using FindingKey = std::tuple<std::string_view, std::string_view, std::int32_t, std::string_view, std::string_view,
                              std::string_view, std::size_t>;
using SightingKey = std::tuple<std::size_t, model::Mode, bool, std::string_view, std::string_view, std::string_view>;

FindingKey finding_key(const model::CaseResult& in, const model::Violation& v) {
    return {in.profile, v.arch, v.nr, v.syscall, v.action, v.rule.file, v.rule.line};
}

SightingKey sighting_key(std::size_t finding, const model::CaseResult& in, const model::Violation& v) {
    return {finding, in.mode, v.happened, v.phase, v.comm, v.decoded};
}

/// Let through before refused, then in the order of the modes.
auto importance(const Sighting& sighting) {
    return std::tuple{sighting.what->happened, sighting.in->mode};
}

}  // namespace

std::uint64_t Finding::count(model::Mode mode) const {
    std::uint64_t sum = 0;
    for (const auto& sighting : sightings) {
        if (sighting.in->mode == mode) sum += sighting.count;
    }
    return sum;
}

std::vector<Finding> findings(const std::vector<const model::CaseResult*>& cases) {
    std::vector<Finding> found;
    std::map<FindingKey, std::size_t> by_key;
    std::map<SightingKey, std::size_t> by_words;
    std::set<std::pair<std::size_t, std::string_view>> rules;
    for (const auto* in : cases) {
        for (const auto& violation : in->violations) {
            const auto index = by_key.try_emplace(finding_key(*in, violation), found.size()).first->second;
            if (index == found.size()) found.push_back({in, &violation, {}, {}, {}});
            auto& finding = found[index];
            if (finding.fix.empty()) finding.fix = violation.fix;
            if (!violation.exact_rule.empty() && rules.emplace(index, violation.exact_rule).second)
                finding.exact_rules.push_back(violation.exact_rule);
            const auto [seen, is_new] =
                by_words.try_emplace(sighting_key(index, *in, violation), finding.sightings.size());
            if (is_new) finding.sightings.push_back({in, &violation, 0});
            finding.sightings[seen->second].count += violation.count;
        }
    }
    for (auto& finding : found) {
        std::stable_sort(finding.sightings.begin(), finding.sightings.end(),
                         [](const Sighting& a, const Sighting& b) { return importance(a) < importance(b); });
    }
    std::stable_sort(found.begin(), found.end(), [](const Finding& a, const Finding& b) {
        return a.sightings.front().what->happened < b.sightings.front().what->happened;
    });
    return found;
}

std::vector<Finding> findings(const model::RunResult& run) {
    std::vector<const model::CaseResult*> cases;
    cases.reserve(run.cases.size());
    for (const auto& result : run.cases) cases.push_back(&result);
    return findings(cases);
}

std::string count_words(const Finding& finding, std::string_view times) {
    std::string words;
    for (const auto mode : model::all_modes()) {
        const auto count = finding.count(mode);
        if (count == 0) continue;
        words += fmt::format("{}{}{} in {} mode", words.empty() ? "" : ", ", times, count, model::mode_name(mode));
    }
    return words;
}

}  // namespace callgate::reports
