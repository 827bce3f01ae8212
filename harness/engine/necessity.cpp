#include "harness/engine/necessity.h"

#include "harness/core/result.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace callgate::engine {

namespace {

using model::CallNeed;
using model::Need;
using Names = std::vector<std::string>;

bool made_by_every_run(const std::set<std::string>& uses) {
    return uses.count("startup") != 0 || uses.count("shutdown") != 0;
}

class Grading {
public:
    Grading(const std::map<std::string, std::set<std::string>>& uses, const std::set<std::string>& scenarios,
            const PlayTrials& play)
        : uses_{uses}, scenarios_{scenarios}, play_{play} {
        for (const auto& [name, made_by] : uses) calls_[name] = {name, Need::unused, made_by, {}, {}, false};
    }

    std::optional<std::vector<CallNeed>> grade() {
        if (!grade_alone() || !grade_in_batches() || !refuse_together()) return std::nullopt;
        std::vector<CallNeed> graded;
        for (auto& [name, call] : calls_) graded.push_back(std::move(call));
        return graded;
    }

private:
    /// Calls that are looked at together. `fails`: known without playing it, as the other half of a failed batch
    /// passed.
    struct Batch {
        Names names;
        bool fails = false;
    };

    [[nodiscard]] Trial trial_of(const Names& names) const {
        Trial trial{{names.begin(), names.end()}, {}};
        for (const auto& name : names) {
            // What startup sets up, every scenario may depend on.
            const auto& needed = uses_.at(name).count("startup") != 0 ? scenarios_ : uses_.at(name);
            for (const auto& scenario : needed) {
                if (scenarios_.count(scenario) != 0) trial.scenarios.insert(scenario);
            }
        }
        return trial;
    }

    /// Empty when the user wants to stop.
    [[nodiscard]] std::vector<TrialResult> play(const std::vector<Trial>& trials) const {
        std::vector<TrialResult> results;
        for (auto& result : play_(trials)) {
            if (!result) return {};
            results.push_back(std::move(*result));
        }
        core::ensure(results.size() == trials.size(), "a trial without a result");
        return results;
    }

    void set(const std::string& name, const TrialResult& result) {
        auto& call = calls_[name];
        call.need = result.need;
        call.scenario = result.scenario;
        call.why = result.why;
    }

    bool grade_alone() {
        std::vector<Names> alone;
        for (const auto& [name, made_by] : uses_) {
            if (made_by_every_run(made_by)) alone.push_back({name});
        }
        return grade_each(alone);
    }

    bool grade_each(const std::vector<Names>& single) {
        if (single.empty()) return true;
        std::vector<Trial> trials;
        trials.reserve(single.size());
        for (const auto& names : single) trials.push_back(trial_of(names));
        const auto results = play(trials);
        for (std::size_t i = 0; i < results.size(); ++i) set(single[i].front(), results[i]);
        return !results.empty();
    }

    bool grade_in_batches() {
        // Those of one scenario are likely to fail or to pass together.
        std::map<std::set<std::string>, Names> by_use;
        for (const auto& [name, made_by] : uses_) {
            if (!made_by.empty() && !made_by_every_run(made_by)) by_use[made_by].push_back(name);
        }
        std::vector<Batch> open;
        open.reserve(by_use.size());
        for (auto& [made_by, names] : by_use) open.push_back({std::move(names), false});
        while (!open.empty()) {
            auto next = halve(std::move(open));
            if (!next) return false;
            open = std::move(*next);
        }
        return true;
    }

    /// Plays every batch that has to be, and gives back what is left to be looked at; none when the user wants to stop.
    std::optional<std::vector<Batch>> halve(std::vector<Batch> batches) {
        if (!play_unknown(batches)) return std::nullopt;
        std::vector<Batch> left;
        std::vector<Batch> right;
        for (auto& batch : batches) {
            if (!batch.fails || batch.names.size() == 1) continue;
            const auto middle = batch.names.begin() + static_cast<std::ptrdiff_t>(batch.names.size() / 2);
            left.push_back({{batch.names.begin(), middle}, false});
            right.push_back({{middle, batch.names.end()}, false});
        }
        if (left.empty()) return left;
        if (!play_unknown(left)) return std::nullopt;
        for (std::size_t i = 0; i < left.size(); ++i) {
            // Of a single one the reason is wanted: it is played all the same.
            right[i].fails = !left[i].fails && right[i].names.size() > 1;
        }
        std::erase_if(left, [](const Batch& batch) { return !batch.fails || batch.names.size() == 1; });
        std::move(right.begin(), right.end(), std::back_inserter(left));
        return left;
    }

    /// Finds out which of them fail; what passes, and what stands alone, is graded then.
    bool play_unknown(std::vector<Batch>& batches) {
        std::vector<Batch*> unknown;
        std::vector<Trial> trials;
        for (auto& batch : batches) {
            if (batch.fails) continue;
            unknown.push_back(&batch);
            trials.push_back(trial_of(batch.names));
        }
        if (trials.empty()) return true;
        const auto results = play(trials);
        if (results.empty()) return false;
        for (std::size_t i = 0; i < unknown.size(); ++i) {
            auto& batch = *unknown[i];
            batch.fails = results[i].need != Need::tolerated;
            if (batch.fails && batch.names.size() > 1) continue;
            for (const auto& name : batch.names) set(name, results[i]);
        }
        return true;
    }

    bool refuse_together() {
        Names spared;
        for (const auto& [name, call] : calls_) {
            if (call.need == Need::tolerated || call.need == Need::unused) spared.push_back(name);
        }
        if (spared.size() < 2) return true;
        std::set<std::string> together;
        return refuse_as_well(spared, together);
    }

    /// Adds to `together` as many of the names as can be refused with it.
    bool refuse_as_well(const Names& names, std::set<std::string>& together) {
        Trial trial{together, scenarios_};
        trial.refused.insert(names.begin(), names.end());
        const auto results = play({trial});
        if (results.empty()) return false;
        if (results.front().need == Need::tolerated) {
            together = std::move(trial.refused);
            return true;
        }
        if (names.size() == 1) {
            auto& call = calls_[names.front()];
            call.not_together = true;
            call.scenario = results.front().scenario;
            call.why = results.front().why;
            return true;
        }
        const auto middle = names.begin() + static_cast<std::ptrdiff_t>(names.size() / 2);
        return refuse_as_well({names.begin(), middle}, together) && refuse_as_well({middle, names.end()}, together);
    }

    const std::map<std::string, std::set<std::string>>& uses_;
    const std::set<std::string>& scenarios_;
    const PlayTrials& play_;
    std::map<std::string, CallNeed> calls_;
};

}  // namespace

std::optional<std::vector<model::CallNeed>> grade_calls(const std::map<std::string, std::set<std::string>>& uses,
                                                        const std::set<std::string>& scenarios,
                                                        const PlayTrials& play) {
    return Grading{uses, scenarios, play}.grade();
}

}  // namespace callgate::engine
