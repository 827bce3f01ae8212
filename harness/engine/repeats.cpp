#include "harness/engine/repeats.h"

#include "harness/core/stable_text.h"
#include "harness/engine/case_draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace callgate::engine {

namespace {

using model::CaseResult;

/// Numbers differ from run to run; a reason is the same when nothing else does.
std::vector<std::string> reasons_of(const std::vector<CaseResult>& runs) {
    struct Given {
        std::string text;
        std::size_t runs = 0;
    };
    std::vector<std::string> order;
    std::map<std::string, Given> given;
    for (const auto& run : runs) {
        std::set<std::string> of_this_run;
        for (const auto& reason : run.reasons) {
            const auto key = core::stable_text(reason);
            const auto [known, is_new] = given.emplace(key, Given{reason, 0});
            if (is_new) order.push_back(key);
            if (of_this_run.insert(key).second) ++known->second.runs;
        }
    }
    std::vector<std::string> reasons;
    for (const auto& key : order) {
        const auto& one = given.at(key);
        reasons.push_back(
            one.runs == runs.size() ? one.text : fmt::format("in {} of {} runs: {}", one.runs, runs.size(), one.text));
    }
    return reasons;
}

void add_steps(const model::Violation& from, model::Violation& to) {
    for (const auto& [step, count] : from.by_step) to.by_step[step] += count;
}
void add_steps(const model::RefusedTotal& /*from*/, model::RefusedTotal& /*to*/) {}

/// Adds up what is the same by `key`; `runs` counts the runs that hold it.
template <typename Item, typename Key>
std::vector<Item> add_up(const std::vector<CaseResult>& runs, std::vector<Item> CaseResult::*list, Key key) {
    std::vector<Item> all;
    std::map<decltype(key(std::declval<const Item&>())), std::size_t> places;
    for (const auto& run : runs) {
        std::set<std::size_t> of_this_run;
        for (const auto& item : run.*list) {
            const auto [known, is_new] = places.emplace(key(item), all.size());
            if (is_new) {
                all.push_back(item);
                all.back().count = 0;
                all.back().runs = 0;
            }
            auto& sum = all[known->second];
            if (!is_new) add_steps(item, sum);
            sum.count += item.count;
            if (of_this_run.insert(known->second).second) ++sum.runs;
        }
    }
    return all;
}

auto site_of(const model::Violation& violation) {
    const auto frame = [&](std::size_t i) {
        using Spot = std::pair<std::string, std::uint64_t>;
        return i < violation.stack.size() ? Spot{violation.stack[i].module, violation.stack[i].offset} : Spot{};
    };
    return std::tuple{violation.arch, violation.nr, violation.happened, frame(0), frame(1)};
}

}  // namespace

CaseResult merge_repeats(std::vector<CaseResult> runs) {
    if (runs.size() == 1) return std::move(runs.front());
    const auto worst = std::min_element(runs.begin(), runs.end(), [](const CaseResult& a, const CaseResult& b) {
        return a.outcome != b.outcome && worse(a.outcome, b.outcome) == a.outcome;
    });
    CaseResult merged = *worst;
    merged.runs = runs.size();
    merged.passed_runs = static_cast<std::size_t>(std::count_if(
        runs.begin(), runs.end(), [](const CaseResult& run) { return run.outcome == model::Outcome::passed; }));
    merged.reasons = reasons_of(runs);
    merged.violations = add_up(runs, &CaseResult::violations, site_of);
    merged.expected = add_up(runs, &CaseResult::expected, site_of);
    merged.refused = add_up(runs, &CaseResult::refused, [](const model::RefusedTotal& total) {
        return std::pair{total.arch, total.nr};
    });
    std::sort(merged.refused.begin(), merged.refused.end(),
              [](const auto& a, const auto& b) { return std::tie(a.syscall, a.arch) < std::tie(b.syscall, b.arch); });
    merged.duration = core::Milliseconds{0};
    for (const auto& run : runs) merged.duration += run.duration;
    return merged;
}

}  // namespace callgate::engine
