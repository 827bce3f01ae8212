#include "reports/merge_shards.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace callgate::reports {

namespace {

/// Adds what is not yet in `all`, in its order.
void add_new(std::vector<std::string>& all, const std::vector<std::string>& more) {
    for (const auto& one : more) {
        if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
    }
}

/// "" when these are all shards of one run, each once; they are in the order of their numbers.
std::string what_is_wrong(const std::vector<ReadRun>& shards) {
    for (const auto& one : shards) {
        if (!one.run.shard)
            return fmt::format("{} is no shard but a whole run; only shards of one run are merged", one.from);
    }
    const auto& first = shards.front();
    const auto& of = *first.run.shard;
    for (const auto& one : shards) {
        if (one.run.shard->run == of.run && one.run.shard->total == of.total) continue;
        return fmt::format("{} and {} are not of the same run: plan, profiles, options, timings or callgate differ",
                           first.from, one.from);
    }
    const auto twice = std::adjacent_find(shards.begin(), shards.end(), [](const ReadRun& a, const ReadRun& b) {
        return a.run.shard->index == b.run.shard->index;
    });
    if (twice != shards.end()) {
        return fmt::format("shard {} of {} is there twice: {} and {}", twice->run.shard->index, of.total, twice->from,
                           std::next(twice)->from);
    }
    std::set<std::size_t> missing;
    for (std::size_t i = 1; i <= of.total; ++i) missing.insert(i);
    for (const auto& one : shards) missing.erase(one.run.shard->index);
    if (missing.empty()) return "";
    return fmt::format("of {} shards these are missing: {}", of.total, fmt::join(missing, ", "));
}

/// What of a profile was proposed by several shards, as one without a text.
void add_proposal(std::vector<model::Proposal>& proposals, model::Proposal more) {
    auto same = std::find_if(proposals.begin(), proposals.end(),
                             [&](const model::Proposal& known) { return known.profile == more.profile; });
    if (same == proposals.end()) {
        proposals.push_back(std::move(more));
        return;
    }
    std::set<std::string> added(same->added.begin(), same->added.end());
    added.insert(more.added.begin(), more.added.end());
    same->added.assign(added.begin(), added.end());
    add_new(same->notes, more.notes);
    same->complete = same->complete && more.complete;
}

/// What several shards used of a profile, as one: each lists all permissions, in the same order.
void add_coverage(std::vector<model::Coverage>& coverage, model::Coverage more) {
    auto same = std::find_if(coverage.begin(), coverage.end(),
                             [&](const model::Coverage& known) { return known.profile == more.profile; });
    if (same == coverage.end()) {
        coverage.push_back(std::move(more));
        return;
    }
    if (same->why_not.empty()) same->why_not = more.why_not;
    add_new(same->cases, more.cases);
    if (!same->why_not.empty() || same->permissions.size() != more.permissions.size()) {
        same->permissions.clear();
        return;
    }
    for (std::size_t i = 0; i < more.permissions.size(); ++i) {
        auto& permission = same->permissions[i];
        for (const auto& [name, count] : more.permissions[i].by_case) permission.by_case[name] += count;
        permission.unsure += more.permissions[i].unsure;
    }
}

/// Cases of the plan in its order. In front of them those that several shards may have run, without a profile and in
/// nobody's plan, because they failed; of those each stands once.
std::vector<model::CaseResult> in_order(std::vector<model::CaseResult> cases, const std::vector<std::string>& plan) {
    std::map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < plan.size(); ++i) places.emplace(plan[i], i + 1);
    const auto place = [&](const model::CaseResult& one) {
        const auto found = places.find(one.name);
        return found == places.end() ? 0 : found->second;
    };
    std::set<std::string> beside;
    std::erase_if(cases,
                  [&](const model::CaseResult& one) { return place(one) == 0 && !beside.insert(one.name).second; });
    std::stable_sort(cases.begin(), cases.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
    return cases;
}

}  // namespace

core::Result<model::RunResult> merge_shards(std::vector<ReadRun> shards) {
    if (shards.size() == 1 && !shards.front().run.shard) return std::move(shards.front().run);
    std::stable_sort(shards.begin(), shards.end(), [](const ReadRun& a, const ReadRun& b) {
        return a.run.shard && b.run.shard && a.run.shard->index < b.run.shard->index;
    });
    if (const auto wrong = what_is_wrong(shards); !wrong.empty()) return core::fail(wrong);

    auto whole = std::move(shards.front().run);
    std::vector<std::string> kernels{whole.kernel};
    const auto plan = std::exchange(whole.shard, std::nullopt)->cases;
    for (auto one = std::next(shards.begin()); one != shards.end(); ++one) {
        auto& run = one->run;
        add_new(kernels, {run.kernel});
        whole.started_at = std::min(whole.started_at, run.started_at);
        whole.duration = std::max(whole.duration, run.duration);
        if (whole.interrupted_by == 0) whole.interrupted_by = run.interrupted_by;
        std::move(run.cases.begin(), run.cases.end(), std::back_inserter(whole.cases));
        for (auto& proposal : run.proposals) add_proposal(whole.proposals, std::move(proposal));
        for (auto& coverage : run.coverage) add_coverage(whole.coverage, std::move(coverage));
        add_new(whole.notes, run.notes);
    }
    whole.kernel = fmt::format("{}", fmt::join(kernels, ", "));
    whole.cases = in_order(std::move(whole.cases), plan);
    return whole;
}

}  // namespace callgate::reports
