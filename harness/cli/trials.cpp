#include "harness/cli/trials.h"

#include "harness/cli/reference.h"
#include "harness/core/files.h"
#include "harness/core/printable.h"
#include "profiles/compile.h"
#include "profiles/permission.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <ostream>
#include <utility>

namespace callgate::cli {

namespace {

using nlohmann::json;

/// Of the file below; one with another number is made anew.
constexpr int kFormat = 1;

class Unseen final : public ports::EventSink {
public:
    void on_event(const model::Event&) override {}
};

/// A pattern that matches the name and nothing else (glob(7)).
std::string quoted(const std::string& name) {
    std::string glob;
    for (const char c : name) {
        if (std::string_view{"*?[\\"}.find(c) != std::string_view::npos) glob += '\\';
        glob += c;
    }
    return glob;
}

std::optional<engine::TrialResult> finding_of(const model::CaseResult& result) {
    if (result.outcome == model::Outcome::passed || result.outcome == model::Outcome::skipped) return std::nullopt;
    const bool essential = model::fails_in_earnest(result.outcome, result.reasons, result.oracles);
    return engine::TrialResult{essential ? model::Need::essential : model::Need::degraded, result.scenario,
                               result.reasons.empty() ? "did not pass" : result.reasons.front()};
}

}  // namespace

Trials::Trials(const Settings& settings, const TestPlan& test, ports::Runner& runner, const Invocation& invocation,
               std::filesystem::path memory)
    : settings_{settings},
      test_{test},
      runner_{runner},
      invocation_{invocation},
      memory_{std::move(memory)},
      fingerprint_{fingerprint_of(test)} {
    read_memory();
}

std::optional<TestPlan> Trials::test_of(const engine::Trial& trial, model::Mode mode) const {
    auto selection = settings_.selection;
    selection.modes = {mode};
    selection.tags.clear();
    selection.without_tags.clear();
    selection.scenarios.clear();
    selection.no_scenarios = trial.scenarios.empty();
    for (const auto& scenario : trial.scenarios) selection.scenarios.push_back(quoted(scenario));
    core::Diagnostics said;  // when it was read before
    auto test = load_test_plan(settings_.plan, selection, invocation_.environment, "", said);
    core::ensure(test.has_value(), "the plan is another one now");
    const auto& loaded = test_.candidates.front();
    const auto stricter = profiles::without_permission(*loaded.profile, trial.refused);
    auto compiled = profiles::compile(stricter);
    if (!compiled) return std::nullopt;
    auto candidate = std::make_shared<engine::Candidate>(*loaded.candidate);
    candidate->program = std::move(compiled->program);
    candidate->filter_flags = compiled->filter_flags;
    candidate->explain = nullptr;
    for (auto& suite : test->run.suites) suite.candidate = candidate;
    test->run.expected = test_.run.expected;
    test->run.reference = test_.run.reference;
    test->run.seed = test_.run.seed;
    return test;
}

const std::map<std::string, std::set<std::string>>& Trials::learn_uses() {
    if (!uses_.empty()) return uses_;
    const auto permitted = profiles::permitted_names(*test_.candidates.front().profile);
    engine::Trial everything{{permitted.begin(), permitted.end()}, {}};
    for (const auto& instance : test_.run.suites.front().instances)
        everything.scenarios.insert(instance.scenarios.begin(), instance.scenarios.end());
    auto test = test_of(everything, model::Mode::log);
    if (!test) return uses_;
    Unseen unseen;
    test->run.jobs = settings_.jobs;
    const auto result = engine::run(test->run, runner_, unseen, invocation_.cancel);
    if (invocation_.cancel.requested()) return uses_;
    for (const auto& name : permitted) uses_[name];
    for (const auto& one : result.cases) {
        for (const auto& refused : one.refused) {
            const auto found = uses_.find(refused.syscall);
            if (found != uses_.end()) found->second.insert(scenario_of(one.scenario));
        }
    }
    write_memory();
    return uses_;
}

std::string Trials::scenario_of(const std::string& case_name) const {
    for (const auto& instance : test_.run.suites.front().instances) {
        if (!instance.owner.empty() && case_name.rfind(instance.owner + ": ", 0) == 0) return instance.owner;
    }
    return case_name;
}

std::optional<engine::TrialResult> Trials::play_one(const engine::Trial& trial) {
    // Nothing but the filter: a tracer changes what a program sees, such as a signal that it waits for and did not
    // block.
    auto test = test_of(trial, model::Mode::enforce);
    if (!test) return engine::TrialResult{model::Need::essential, "", "without it the profile does not compile"};
    test->run.fail_fast = true;
    Unseen unseen;
    const auto result = engine::run(test->run, runner_, unseen, invocation_.cancel);
    if (invocation_.cancel.requested()) return std::nullopt;
    engine::TrialResult worst;
    for (const auto& one : result.cases) {
        auto found = finding_of(one);
        if (!found || found->need >= worst.need) continue;
        found->scenario = scenario_of(found->scenario);
        worst = std::move(*found);
    }
    return worst;
}

std::vector<std::optional<engine::TrialResult>> Trials::play(const std::vector<engine::Trial>& trials) {
    std::vector<std::optional<engine::TrialResult>> results(trials.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (auto i = next++; i < trials.size() && !invocation_.cancel.requested(); i = next++) {
            {
                const std::lock_guard lock{mutex_};
                const auto known = known_.find(trials[i]);
                if (known != known_.end()) {
                    results[i] = known->second;
                    ++remembered_;
                    continue;
                }
            }
            results[i] = play_one(trials[i]);
            if (results[i]) keep(trials[i], *results[i]);
        }
    };
    std::vector<std::future<void>> beside;
    for (std::size_t i = 1; i < std::min(settings_.jobs, trials.size()); ++i)
        beside.push_back(std::async(std::launch::async, work));
    work();
    for (auto& one : beside) one.get();
    return results;
}

void Trials::keep(const engine::Trial& trial, const engine::TrialResult& result) {
    const std::lock_guard lock{mutex_};
    known_[trial] = result;
    ++played_;
    if (!settings_.quiet) {
        const auto what =
            trial.refused.size() == 1 ? *trial.refused.begin() : fmt::format("{} calls together", trial.refused.size());
        invocation_.err << core::printable(fmt::format("  [{}] {}: {}{}{}", played_, what,
                                                       trial.refused.size() > 1 && result.need < model::Need::tolerated
                                                           ? std::string_view{"one of them is needed"}
                                                           : model::need_name(result.need),
                                                       result.scenario.empty() ? "" : ", " + result.scenario, ""))
                        << "\n"
                        << std::flush;
    }
    write_memory();
}

void Trials::read_memory() {
    const auto text = core::read_file(memory_);
    if (!text) return;
    try {
        const auto kept = json::parse(*text);
        if (kept.at("format") != kFormat || kept.at("fingerprint") != fingerprint_) return;
        kept.at("uses").get_to(uses_);
        for (const auto& one : kept.at("trials")) {
            const auto need = one.at("need").get<std::string>();
            for (const auto each : {model::Need::essential, model::Need::degraded, model::Need::tolerated}) {
                if (need != model::need_name(each)) continue;
                known_[{one.at("refused"), one.at("scenarios")}] = {each, one.at("scenario"), one.at("why")};
            }
        }
    } catch (const json::exception&) {
        uses_.clear();
        known_.clear();
    }
}

/// A file that cannot be written is no error: nothing can be taken up again then.
void Trials::write_memory() {
    auto trials = json::array();
    for (const auto& [trial, result] : known_) {
        trials.push_back({{"refused", trial.refused},
                          {"scenarios", trial.scenarios},
                          {"need", model::need_name(result.need)},
                          {"scenario", result.scenario},
                          {"why", result.why}});
    }
    const json kept{{"format", kFormat}, {"fingerprint", fingerprint_}, {"uses", uses_}, {"trials", std::move(trials)}};
    (void)core::write_file(memory_, kept.dump(1, ' ', false, json::error_handler_t::replace) + "\n");
}

}  // namespace callgate::cli
