#include "harness/engine/instance_run.h"

#include "harness/core/files.h"
#include "harness/engine/as_planned.h"
#include "harness/engine/facts.h"
#include "harness/engine/second_reference.h"

#include <fmt/format.h>

#include <algorithm>

namespace callgate::engine {

namespace {

using model::Outcome;

constexpr std::size_t kLogTail = 8192;
constexpr std::chrono::seconds kLeftoversTake{2};  ///< for descendants to end after the first process
constexpr std::chrono::seconds kOverrun{5};        ///< what a step may take past its own limit before it is a fault

core::SteadyTime now() {
    return std::chrono::steady_clock::now();
}

const model::StepResult* first_bad(const std::vector<model::StepResult>& results) {
    const auto bad = std::find_if(results.begin(), results.end(),
                                  [](const model::StepResult& result) { return result.outcome != Outcome::passed; });
    return bad == results.end() ? nullptr : &*bad;
}

bool is_running(const CurrentWorkload& workload) {
    return workload.launched() && workload.leader_end().kind == model::ProcessEnd::Kind::running;
}

}  // namespace

InstanceRun::InstanceRun(const RunPlan& plan, const Suite& suite, const InstancePlan& instance, ports::Runner& runner,
                         CaseListener& listener, const core::Cancel& cancel, SecondReference* second)
    : plan_{plan},
      suite_{suite},
      instance_plan_{instance},
      listener_{listener},
      cancel_{cancel},
      stage_{plan, suite, instance, runner, cancel},
      inspection_{plan, suite, stage_, [this](const std::string& scenario) { return look_again(scenario); }},
      second_{second} {
    stage_.on_load([this](double requests_per_second) {
        model::Event event;
        event.kind = model::Event::Kind::case_load;
        event.requests_per_second = requests_per_second;
        tell(std::move(event));
    });
}

std::vector<model::CaseResult> InstanceRun::run() {
    start_up();
    for (const auto& scenario : stage_.session().scenarios) {
        if (!up_ || cancel_.requested() || drafts_.back().end || is_enough()) break;
        play(scenario, begin(scenario.name));
    }
    const bool all_played = drafts_.size() == stage_.session().scenarios.size() + 1;
    if (stage_.workload().launched() && up_ && all_played && !cancel_.requested()) shut_down();
    stage_.workload().kill_all();
    return results();
}

bool InstanceRun::is_enough() const {
    const auto& last = drafts_.back();
    return plan_.fail_fast && model::fails_in_earnest(last.outcome, last.reasons, last.oracles);
}

void InstanceRun::start_up() {
    CaseDraft& draft = begin("startup");
    draft.place = instance_plan_.workload_place;
    if (const auto fault = fault_of(draft)) {
        draft.add(Outcome::skipped, *fault);
        return finish(draft);
    }
    auto started = stage_.set_up();
    inspection_.begin();
    if (started) started = stage_.launch();
    if (!started) {
        draft.add(Outcome::setup_failed, started.error().message);
        return finish(draft);
    }
    auto& workload = stage_.workload();
    const auto& ready = stage_.session().workload.ready;
    auto readiness = stage_.wait_ready();
    const auto end = workload.leader_end();
    const bool ended = end.kind != model::ProcessEnd::Kind::running;
    if (readiness.outcome != Outcome::passed && !ended) {
        if (cancel_.requested()) {
            draft.add(Outcome::skipped, interruption());
        } else {
            draft.add(readiness.outcome, "the workload did not get ready: " + readiness.message);
        }
    }
    if (ready) draft.steps.push_back(std::move(readiness));
    if (ended) {
        const auto failure = workload.start_failure();
        draft.end = end;
        draft.add(Outcome::workload_failed, failure.empty() ? fmt::format("the workload {} {}", what_happened(end),
                                                                          ready ? "before it was ready" : "at once")
                                                            : failure);
    }
    if (workload.no_new_privs())
        draft.notes.emplace_back("the workload runs with no_new_privs: set-uid programs keep their caller's user");
    up_ = draft.outcome == Outcome::passed;
    // What never got up differs from the reference in everything.
    if (up_) {
        inspection_.let_rest();
        judge(draft, {}, {});
    }
    finish(draft);
}

void InstanceRun::play(const ports::Scenario& scenario, CaseDraft& draft) {
    draft.place = scenario.place;
    if (const auto fault = fault_of(draft)) {
        draft.add(Outcome::skipped, *fault);
        return finish(draft);
    }
    if (gone_on_its_own(draft, "before the scenario")) return finish(draft);
    play_steps(scenario, draft);
    Snapshot shown;
    if (!cancel_.requested() && is_running(stage_.workload())) {
        inspection_.let_rest();
        if (draft.outcome == Outcome::passed && inspection_.asks("check", scenario.oracles))
            shown.check_problem = check(draft);
        gone_on_its_own(draft, "after the scenario's steps");
    }
    see_steps(draft.steps, shown);
    if (!cancel_.requested()) judge(draft, scenario.oracles, std::move(shown));
    finish(draft);
}

void InstanceRun::play_steps(const ports::Scenario& scenario, CaseDraft& draft) {
    for (const auto& step : scenario.steps) {
        begin_step(step->name());
        auto results = step->run(stage_.context(step->limit() + kOverrun));
        const auto* bad = first_bad(results);
        if (bad != nullptr && !cancel_.requested())
            draft.add(bad->outcome, fmt::format("step '{}': {}", bad->name, bad->message));
        const bool cut_short = bad != nullptr || &step != &scenario.steps.back();
        draft.steps.insert(draft.steps.end(), results.begin(), results.end());
        gone_on_its_own(draft, "during the scenario");
        if (cancel_.requested() && cut_short) draft.add(Outcome::skipped, interruption());
        if (draft.outcome != Outcome::passed) return;
    }
}

std::string InstanceRun::check(CaseDraft& draft) {
    const auto& workload = stage_.session().workload;
    std::vector<ports::StepPtr> steps = workload.check;
    if (steps.empty() && workload.ready) steps.push_back(workload.ready);
    for (const auto& step : steps) {
        begin_step("check: " + step->name());
        auto results = step->run(stage_.context(step->limit() + kOverrun));
        if (const auto* bad = first_bad(results); bad != nullptr && !cancel_.requested())
            return fmt::format("'{}' afterwards: {}", bad->name, bad->message);
        // Nobody wants to read of what the plan does not name in the scenario, unless it failed.
        if (!workload.check.empty()) draft.steps.insert(draft.steps.end(), results.begin(), results.end());
    }
    return {};
}

std::optional<std::string> InstanceRun::fault_of(const CaseDraft& draft) const {
    if (!plan_.reference || suite_.mode == model::Mode::baseline) return std::nullopt;
    const auto fault = plan_.reference->faults.find(draft.scenario);
    if (fault == plan_.reference->faults.end()) return std::nullopt;
    return "fails without a profile too, so it says nothing about this one: " + fault->second;
}

bool InstanceRun::gone_on_its_own(CaseDraft& draft, std::string_view when) const {
    const auto end = stage_.workload().leader_end();
    if (end.kind == model::ProcessEnd::Kind::running || draft.end) return false;
    draft.end = end;
    if (stage_.end_expected()) {
        draft.notes.push_back(fmt::format("the workload {}, as the scenario wants", what_happened(end)));
    } else {
        draft.add(Outcome::workload_failed, fmt::format("the workload {} {}", what_happened(end), when));
    }
    return true;
}

void InstanceRun::shut_down() {
    CaseDraft& draft = begin("shutdown");
    draft.place = instance_plan_.workload_place;
    Snapshot shown;
    if (drafts_[drafts_.size() - 2].end && stage_.end_expected()) {
        see_what_is_left(shown);
        judge(draft, {}, std::move(shown));
        return finish(draft);
    }
    if (drafts_[drafts_.size() - 2].end) {
        draft.add(Outcome::skipped, "the workload was gone already");
        return finish(draft);
    }
    if (const auto fault = fault_of(draft)) {
        draft.add(Outcome::skipped, *fault);
    } else if (!gone_on_its_own(draft, "before it was told to stop") && stop(draft, shown)) {
        judge(draft, {}, std::move(shown));
    }
    finish(draft);
}

bool InstanceRun::stop(CaseDraft& draft, Snapshot& shown) {
    const auto& stop = stage_.session().workload.stop;
    auto& workload = stage_.workload();
    if (auto sent = workload.signal(workload.leader(), stop.signal); !sent) {
        draft.add(Outcome::setup_failed, sent.error().message);
        return false;
    }
    const auto within = stage_.patient(stop.within);
    if (!workload.wait_leader(now() + within)) {
        draft.miss("stop",
                   fmt::format("the workload still runs {} ms after {}", within.count(), signal_name(stop.signal)),
                   Outcome::timed_out);
        return false;
    }
    const auto end = workload.leader_end();
    draft.end = end;
    shown.stop_problem = stop_problem(stop, end);
    see_what_is_left(shown);
    return true;
}

void InstanceRun::see_what_is_left(Snapshot& shown) {
    auto& workload = stage_.workload();
    if (!workload.wait_gone(now() + kLeftoversTake)) shown.leftovers = process_names(workload.processes());
    if (shown.leftovers.empty()) shown.open_ports = open_ports(stage_.variables());
}

void InstanceRun::skip_the_rest(std::string_view why) {
    const auto names = case_scenarios(instance_plan_);
    for (auto i = drafts_.size(); i < names.size(); ++i) {
        CaseDraft draft;
        draft.scenario = names[i];
        draft.place =
            i - 1 < instance_plan_.places.size() ? instance_plan_.places[i - 1] : instance_plan_.workload_place;
        draft.add(Outcome::skipped, std::string{why});
        drafts_.push_back(std::move(draft));
        tell(model::Event::Kind::case_finished, Outcome::skipped);
    }
}

CaseDraft& InstanceRun::begin(std::string_view scenario) {
    drafts_.emplace_back().scenario = case_scenario(instance_plan_, scenario);
    case_began_ = now();
    stage_.phases().begin_case(drafts_.size() - 1);
    step_.clear();
    tell(model::Event::Kind::case_started);
    inspection_.begin();
    return drafts_.back();
}

void InstanceRun::begin_step(const std::string& step) {
    stage_.phases().set_step(step);
    step_ = step;
    tell(model::Event::Kind::case_progress);
}

void InstanceRun::tell(model::Event::Kind kind, Outcome outcome) {
    model::Event event;
    event.kind = kind;
    event.outcome = outcome;
    tell(std::move(event));
}

void InstanceRun::tell(model::Event event) {
    event.scenario = drafts_.back().scenario;
    event.step = event.kind == model::Event::Kind::case_finished ? std::string{} : step_;
    event.refused = stage_.workload().refused();
    listener_.on_case(std::move(event));
}

const Snapshot* InstanceRun::look_again(const std::string& scenario) {
    if (second_ == nullptr || cancel_.requested()) return nullptr;
    const auto began = now();
    const auto* seen = second_->find(instance_plan_, scenario);
    case_began_ += now() - began;
    return seen;
}

void InstanceRun::judge(CaseDraft& draft, const ports::OracleSettings& own, Snapshot shown) {
    snapshots_.emplace_back(draft.scenario, inspection_.judge(draft, own, std::move(shown)));
}

void InstanceRun::finish(CaseDraft& draft) {
    draft.duration = std::chrono::duration_cast<core::Milliseconds>(now() - case_began_);
    const auto so_far = engine::judge(judgement(), drafts_.size() - 1, draft, {stage_.workload().refusals(), {}, {}});
    tell(model::Event::Kind::case_finished, so_far.outcome);
}

Judgement InstanceRun::judgement() const {
    return {plan_, suite_, stage_.launched(), stage_.phases().all()};
}

std::string InstanceRun::interruption() const {
    return "interrupted by " + signal_name(cancel_.reason());
}

InstanceRecording InstanceRun::take_recording() const {
    InstanceRecording recording;
    if (!suite_.recorded || !stage_.workload().launched()) return recording;
    recording.calls = stage_.workload().recorded();
    // A program of the working directory has another path in each instance.
    for (auto& call : recording.calls) {
        call.executable = as_planned(std::move(call.executable), stage_.variables());
        for (auto& frame : call.stack) {
            frame.module = as_planned(std::move(frame.module), stage_.variables());
            frame.file = as_planned(std::move(frame.file), stage_.variables());
        }
    }
    recording.gaps = stage_.workload().gaps();
    recording.launched = stage_.launched();
    for (const auto& phase : stage_.phases().all())
        recording.phases.push_back({drafts_.at(phase.case_index).scenario, as_planned(phase.step, stage_.variables())});
    return recording;
}

std::vector<model::CaseResult> InstanceRun::results() {
    if (cancel_.requested()) {
        skip_the_rest(interruption());
    } else if (up_ && is_enough()) {
        skip_the_rest(fmt::format("'{}' failed, which was enough", drafts_.back().scenario));
    } else if (drafts_.back().end) {
        skip_the_rest(drafts_.size() == 1 ? "the workload did not start"
                                          : fmt::format("the workload was gone after '{}'", drafts_.back().scenario));
    } else {
        skip_the_rest("the workload did not start");
    }
    auto& workload = stage_.workload();
    const auto seen = workload.launched() ? Sightings::of(workload) : Sightings{};
    const auto against = judgement();
    auto without_gaps = seen;  // for cases that did not run: nothing of them went unseen
    without_gaps.gaps.clear();
    std::vector<model::CaseResult> results;
    for (std::size_t i = 0; i < drafts_.size(); ++i) {
        const bool ran = drafts_[i].outcome != Outcome::skipped;
        results.push_back(engine::judge(against, i, drafts_[i], ran ? seen : without_gaps));
        if (results.back().outcome != Outcome::passed && ran && stage_.place())
            results.back().log_tail = core::read_tail(stage_.place()->log(), kLogTail);
    }
    return results;
}

}  // namespace callgate::engine
