#include "harness/engine/case_draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

namespace callgate::engine {

namespace {

/// Worst first. What is certain about the profile or the workload goes before what could not be judged.
constexpr std::array kWorstFirst{
    model::Outcome::harness_fault,
    model::Outcome::violated,
    model::Outcome::workload_failed,
    model::Outcome::timed_out,
    model::Outcome::expectation_missed,
    model::Outcome::setup_failed,
    model::Outcome::incomplete,
    model::Outcome::skipped,
    model::Outcome::passed,
};

std::size_t case_of(const Judgement& against, int phase) {
    return against.phases.at(static_cast<std::size_t>(phase)).case_index;
}

const std::string& step_of(const Judgement& against, int phase) {
    return against.phases.at(static_cast<std::size_t>(phase)).step;
}

model::Violation in_words(const Judgement& against, const model::Refusal& refusal) {
    model::Violation violation;
    const auto& call = refusal.call;
    violation.syscall = model::syscall_name(call.audit_arch, call.nr);
    violation.nr = call.nr;
    violation.arch = model::arch_name(model::arch_of_call(call.audit_arch, call.nr));
    violation.count = refusal.count;
    violation.action = model::describe(refusal.action);
    violation.error = refusal.action.kind == model::ActionKind::error ? model::errno_of_refusal(refusal.action) : 0;
    for (const auto argument : call.args) violation.args.push_back(fmt::format("{:#x}", argument));
    violation.decoded = refusal.decoded;
    violation.happened = refusal.happened;
    violation.pid = refusal.pid;
    violation.tid = refusal.tid;
    violation.comm = refusal.comm;
    violation.exe = refusal.exe;
    violation.step = step_of(against, refusal.phase);
    violation.at_ms = std::chrono::duration_cast<core::Milliseconds>(refusal.first_at - against.launched).count();
    violation.stack = refusal.stack;
    if (refusal.returned) violation.returned = model::returned_words(*refusal.returned);
    violation.call = call;
    violation.filterable = refusal.filterable;
    return violation;
}

/// One violation per (architecture, call, call site with its caller): steps of one case are one phase, told apart in
/// `by_step`.
std::vector<model::Violation> violations_of(const Judgement& against, std::size_t case_index,
                                            const std::vector<model::Refusal>& refusals) {
    using Spot = std::pair<std::string, std::uint64_t>;
    const auto spot = [](const model::Refusal& refusal, std::size_t frame) {
        if (frame < refusal.stack.size()) return Spot{refusal.stack[frame].module, refusal.stack[frame].offset};
        return Spot{"", frame == 0 ? refusal.call.instruction_pointer : 0};
    };
    using Key = std::tuple<std::uint32_t, std::int32_t, bool, Spot, Spot>;
    std::map<Key, std::size_t> seen;
    std::vector<model::Violation> violations;
    for (const auto& refusal : refusals) {
        if (case_of(against, refusal.phase) != case_index) continue;
        // The second frame is who called libc's wrapper.
        const auto [known, is_new] = seen.emplace(
            Key{refusal.call.audit_arch, refusal.call.nr, refusal.happened, spot(refusal, 0), spot(refusal, 1)},
            violations.size());
        if (is_new) {
            violations.push_back(in_words(against, refusal));
        } else {
            violations[known->second].count += refusal.count;
        }
        violations[known->second].by_step[step_of(against, refusal.phase)] += refusal.count;
    }
    return violations;
}

std::vector<model::RefusedTotal> totals_of(const std::vector<model::Violation>& violations) {
    std::map<std::pair<std::string, std::int32_t>, model::RefusedTotal> totals;
    for (const auto& violation : violations) {
        auto& total = totals[{violation.arch, violation.nr}];
        total.arch = violation.arch;
        total.syscall = violation.syscall;
        total.nr = violation.nr;
        total.count += violation.count;
    }
    std::vector<model::RefusedTotal> sorted;
    sorted.reserve(totals.size());
    for (auto& entry : totals) sorted.push_back(std::move(entry.second));
    std::sort(sorted.begin(), sorted.end(), [](const model::RefusedTotal& a, const model::RefusedTotal& b) {
        return std::tie(a.syscall, a.arch) < std::tie(b.syscall, b.arch);
    });
    return sorted;
}

std::string violation_reason(const std::vector<model::Violation>& violations, model::Mode mode) {
    std::set<std::string> names;
    std::uint64_t count = 0;
    for (const auto& violation : violations) {
        names.insert(violation.syscall);
        count += violation.count;
    }
    return fmt::format("the profile {} {} ({} {})", mode == model::Mode::log ? "would refuse" : "refused",
                       fmt::join(names, ", "), count, count == 1 ? "call" : "calls");
}

}  // namespace

model::Outcome worse(model::Outcome a, model::Outcome b) {
    return *std::find_if(kWorstFirst.begin(), kWorstFirst.end(), [&](model::Outcome o) { return o == a || o == b; });
}

void CaseDraft::add(model::Outcome seen, std::string reason) {
    outcome = worse(outcome, seen);
    reasons.push_back(std::move(reason));
}

void CaseDraft::miss(std::string_view oracle, const std::string& message, model::Outcome seen) {
    add(seen, fmt::format("oracle '{}': {}", oracle, message));
    oracles.push_back({std::string{oracle}, message});
}

Sightings Sightings::of(const ports::Instance& instance) {
    // Gaps first: asked for when the tree is gone, they wait until the rest is final.
    auto gaps = instance.gaps();
    return {instance.refusals(), std::move(gaps), instance.notes()};
}

model::CaseResult judge(const Judgement& against, std::size_t case_index, const CaseDraft& draft,
                        const Sightings& seen) {
    model::CaseResult result;
    const auto& suite = against.suite;
    result.workload = against.plan.workload;
    result.profile = suite.candidate ? suite.candidate->name : "";
    result.mode = suite.mode;
    result.scenario = draft.scenario;
    result.name = case_name(suite, draft.scenario);
    result.place = draft.place;
    result.duration = draft.duration;
    result.steps = draft.steps;
    result.oracles = draft.oracles;
    result.notes = draft.notes;
    for (const auto& note : seen.notes) {
        if (case_of(against, note.phase) == case_index) result.notes.push_back(note.text);
    }
    result.end = draft.end;

    auto all = violations_of(against, case_index, seen.refusals);
    result.refused = totals_of(all);
    for (auto& violation : all) {
        violation.phase = draft.scenario;
        if (suite.candidate && suite.candidate->explain) suite.candidate->explain(violation);
        const auto& expected = against.plan.expected;
        const auto match = std::find_if(expected.begin(), expected.end(),
                                        [&](const ExpectedRefusal& e) { return e.syscall == violation.syscall; });
        if (match != expected.end()) violation.expected = match->reason;
        (match == expected.end() ? result.violations : result.expected).push_back(std::move(violation));
    }

    result.outcome = draft.outcome;
    if (!result.violations.empty()) {
        result.outcome = worse(result.outcome, model::Outcome::violated);
        result.reasons.push_back(violation_reason(result.violations, suite.mode));
    }
    result.reasons.insert(result.reasons.end(), draft.reasons.begin(), draft.reasons.end());
    for (const auto& gap : seen.gaps) {
        result.outcome = worse(result.outcome, model::Outcome::incomplete);
        result.reasons.push_back("not everything could be seen: " + gap);
    }
    return result;
}

}  // namespace callgate::engine
