#include "harness/cli/coverage.h"

#include "harness/core/result.h"
#include "profiles/coverage.h"
#include "reports/coverage.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

namespace callgate::cli {

namespace {

constexpr std::string_view kCase = "coverage";

/// The cases of a profile's log mode in their order, the end of the workload last.
std::vector<std::string> cases_of(const model::RunResult& run, const std::string& profile) {
    std::vector<std::string> names;
    for (const auto& one : run.cases) {
        if (one.profile != profile || one.mode != model::Mode::log) continue;
        if (std::find(names.begin(), names.end(), one.scenario) == names.end()) names.push_back(one.scenario);
    }
    std::stable_partition(names.begin(), names.end(), [](const std::string& name) { return name != "shutdown"; });
    return names;
}

std::string unused_of(const model::Coverage& coverage) {
    std::set<std::string> names;
    for (const auto& one : coverage.permissions) {
        if (!one.used()) names.insert(one.syscall);
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

model::CaseResult judged(const model::Coverage& coverage, unsigned minimum, const std::string& workload) {
    model::CaseResult result;
    result.workload = workload;
    result.profile = coverage.profile;
    result.mode = model::Mode::log;
    result.scenario = kCase;
    result.name = fmt::format("{} / {} / {}", coverage.profile, model::mode_name(result.mode), kCase);
    if (!coverage.why_not.empty()) {
        result.outcome = model::Outcome::incomplete;
        result.reasons.push_back("coverage was not measured: " + coverage.why_not);
    } else if (coverage.percent() < minimum) {
        result.outcome = model::Outcome::expectation_missed;
        result.reasons.push_back(fmt::format(
            "{} of {} permissions were used ({} %), less than {} %: the profile permits too much, or a scenario is "
            "missing. Nobody used {}",
            coverage.used(), coverage.permissions.size(), coverage.percent(), minimum, unused_of(coverage)));
    }
    return result;
}

}  // namespace

struct CoverageOfPlan::OfProfile {
    std::string name;
    std::shared_ptr<const model::Profile> profile;
    std::string why_not;
    std::optional<profiles::CoverageCounter> counter;

    void add(const engine::InstanceRecording& recording) {
        for (const auto& call : recording.calls)
            counter->add(recording.phases.at(static_cast<std::size_t>(call.phase)).scenario, call);
    }
};

CoverageOfPlan::CoverageOfPlan(TestPlan& test, const std::string& why_not) {
    for (auto& suite : test.run.suites) {
        if (suite.mode != model::Mode::log) continue;
        const auto loaded =
            std::find_if(test.candidates.begin(), test.candidates.end(),
                         [&](const LoadedCandidate& candidate) { return candidate.candidate == suite.candidate; });
        core::ensure(loaded != test.candidates.end(), "a profile is tested that was not loaded");
        auto& of = *profiles_.emplace_back(std::make_unique<OfProfile>());
        of.name = suite.candidate->name;
        of.profile = loaded->profile;
        of.why_not = of.profile ? why_not : "a compiled filter has no rules";
        if (!of.why_not.empty()) continue;
        of.counter.emplace(*of.profile);
        suite.recorded = [&of](std::size_t, const engine::InstanceRecording& recording) { of.add(recording); };
    }
}

CoverageOfPlan::~CoverageOfPlan() = default;

void CoverageOfPlan::add_to(model::RunResult& run) const {
    if (run.interrupted_by != 0) return;
    for (const auto& of : profiles_) {
        model::Coverage coverage{of->name, of->why_not, {}, {}};
        if (of->counter) {
            coverage.cases = cases_of(run, of->name);
            coverage.permissions = of->counter->permissions();
        }
        run.coverage.push_back(std::move(coverage));
    }
}

void declare_min_coverage(CLI::App& app, std::optional<unsigned>& percent) {
    constexpr unsigned kWhole = 100;
    app.add_option("--min-coverage", percent,
                   "fail when the scenarios use less of what a profile permits, measured in log mode")
        ->type_name("PERCENT")
        ->check(CLI::Range(0U, kWhole));
}

void judge_coverage(model::RunResult& run, unsigned minimum) {
    std::erase_if(run.cases, reports::is_about_coverage);
    const auto workload = run.cases.empty() ? std::string{} : run.cases.front().workload;
    for (const auto& coverage : run.coverage) run.cases.push_back(judged(coverage, minimum, workload));
}

}  // namespace callgate::cli
