#include "harness/engine/instance_run.h"

#include "harness/core/files.h"
#include "harness/engine/facts.h"
#include "harness/engine/program.h"

#include <fmt/format.h>

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

namespace callgate::engine {

namespace {

constexpr std::size_t kLogTail = 8192;
constexpr std::chrono::seconds kLeftoversTake{2};   ///< for descendants to end after the first process
constexpr std::chrono::milliseconds kSettles{100};  ///< without a readiness: for a workload that ends at once to do so
constexpr std::chrono::hours kWhileHeld{24};        ///< to look at a process that is held
constexpr std::chrono::seconds kOverrun{5};         ///< what a step may take past its own limit before it is a fault

}  // namespace

InstanceRun::InstanceRun(const RunPlan& plan, const Suite& suite, const InstancePlan& instance, ports::Runner& runner,
                         CaseListener& listener, const core::Cancel& cancel)
    : plan_{plan}, suite_{suite}, instance_plan_{instance}, runner_{runner}, listener_{listener}, cancel_{cancel} {}

std::vector<model::CaseResult> InstanceRun::run() {
    start_up();
    for (const auto& scenario : session_.scenarios) {
        if (drafts_.front().outcome != model::Outcome::passed || cancel_.requested() || drafts_.back().end) break;
        play(scenario, begin(scenario.name));
    }
    const bool all_played = drafts_.size() == session_.scenarios.size() + 1;
    if (workload_ && drafts_.front().outcome == model::Outcome::passed && all_played && !cancel_.requested()) {
        shut_down();
    }
    if (workload_) workload_->kill_all();
    return results();
}

core::Status InstanceRun::prepare() {
    auto place = InstancePlace::make();
    if (!place) return core::fail(place.error());
    place_ = std::move(*place);
    workdir_ = place_->workdir();
    auto variables = free_ports(instance_plan_.ports);
    if (!variables) return core::fail(variables.error());
    variables->emplace("workdir", workdir_);
    auto session = instance_plan_.build(*variables);
    if (!session) return core::fail(session.error());
    session_ = std::move(*session);
    environment_ = as_environment(session_.workload.env);
    if (!session_.workload.user.empty()) {
        auto identity = find_user(session_.workload.user);
        if (!identity) return core::fail(identity.error());
        identity_ = std::move(*identity);
    }
    return place_->put_files(session_.workload.files, identity_);
}

core::Status InstanceRun::launch() {
    const auto& workload = session_.workload;
    auto program = find_program(workload.command.front(), workload.env, workdir_);
    if (!program) return core::fail(program.error());
    const core::UniqueFd input{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    const core::UniqueFd log{::open(place_->log().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)};
    if (!input || !log) return core::fail(core::system_error("cannot open the workload's streams", errno));

    ports::LaunchRequest request;
    request.executable = std::move(*program);
    request.argv = workload.command;
    request.env = environment_;
    request.directory = workdir_;
    request.identity = identity_;
    request.standard_input = input.get();
    request.standard_output = log.get();
    request.standard_error = log.get();
    if (suite_.candidate) {
        request.confinement = ports::Confinement{suite_.mode, suite_.candidate->program, suite_.candidate->filter_flags,
                                                 plan_.never_let_through, plan_.hold};
    }
    launched_ = now();
    auto launched = runner_.launch(request);
    if (!launched) return core::fail(launched.error());
    workload_ = std::move(*launched);
    return {};
}

void InstanceRun::start_up() {
    CaseDraft& draft = begin("startup");
    draft.place = instance_plan_.workload_place;
    auto started = prepare();
    if (started) started = launch();
    if (!started) {
        draft.add(model::Outcome::setup_failed, started.error().message);
        return finish(draft);
    }
    const auto limit = session_.workload.ready_within;
    if (session_.workload.ready) {
        auto steps = session_.workload.ready->run(context(limit));
        const bool ended = workload_->leader_end().kind != model::ProcessEnd::Kind::running;
        if (!steps.empty() && steps.back().outcome != model::Outcome::passed && !ended) {
            if (cancel_.requested()) {
                draft.add(model::Outcome::skipped, interruption());
            } else {
                draft.add(steps.back().outcome, "the workload did not get ready: " + steps.back().message);
            }
        }
        draft.steps = std::move(steps);
    } else {
        workload_->wait_leader(now() + kSettles);
    }
    if (const auto end = workload_->leader_end(); end.kind != model::ProcessEnd::Kind::running) {
        const auto failure = workload_->start_failure();
        draft.end = end;
        draft.add(model::Outcome::workload_failed,
                  failure.empty() ? fmt::format("the workload {} {}", what_happened(end),
                                                session_.workload.ready ? "before it was ready" : "at once")
                                  : failure);
    }
    if (workload_->no_new_privs())
        draft.notes.emplace_back("the workload runs with no_new_privs: set-uid programs keep their caller's user");
    finish(draft);
}

void InstanceRun::play(const ports::Scenario& scenario, CaseDraft& draft) {
    draft.place = scenario.place;
    if (gone_on_its_own(draft, "before the scenario")) return finish(draft);
    for (const auto& step : scenario.steps) {
        begin_step(step->name());
        auto results = step->run(context(step->limit() + kOverrun));
        const auto bad = std::find_if(results.begin(), results.end(), [](const model::StepResult& result) {
            return result.outcome != model::Outcome::passed;
        });
        const bool failed = bad != results.end();
        if (failed && !cancel_.requested())
            draft.add(bad->outcome, fmt::format("step '{}': {}", bad->name, bad->message));
        draft.steps.insert(draft.steps.end(), results.begin(), results.end());
        gone_on_its_own(draft, "during the scenario");
        const bool cut_short = failed || &step != &scenario.steps.back();
        if (cancel_.requested() && cut_short) draft.add(model::Outcome::skipped, interruption());
        if (draft.outcome != model::Outcome::passed) break;
    }
    finish(draft);
}

bool InstanceRun::gone_on_its_own(CaseDraft& draft, std::string_view when) const {
    const auto end = workload_->leader_end();
    if (end.kind == model::ProcessEnd::Kind::running) return false;
    draft.end = end;
    draft.add(model::Outcome::workload_failed, fmt::format("the workload {} {}", what_happened(end), when));
    return true;
}

void InstanceRun::shut_down() {
    CaseDraft& draft = begin("shutdown");
    draft.place = instance_plan_.workload_place;
    const auto& stop = session_.workload.stop;
    if (drafts_[drafts_.size() - 2].end) {
        draft.add(model::Outcome::skipped, "the workload was gone already");
        return finish(draft);
    }
    if (gone_on_its_own(draft, "before it was told to stop")) return finish(draft);
    const auto signalled = workload_->signal(workload_->leader(), stop.signal);
    if (!signalled) {
        draft.add(model::Outcome::setup_failed, signalled.error().message);
        return finish(draft);
    }
    if (!workload_->wait_leader(now() + stop.within)) {
        draft.add(model::Outcome::timed_out,
                  fmt::format("the workload still runs {} ms after {}", stop.within.count(), signal_name(stop.signal)));
        return finish(draft);
    }
    const auto end = workload_->leader_end();
    draft.end = end;
    const model::ProcessEnd clean{model::ProcessEnd::Kind::exited, 0};
    const model::ProcessEnd by_signal{model::ProcessEnd::Kind::signaled, stop.signal};
    const bool as_wanted = stop.expect ? end == *stop.expect : end == clean || end == by_signal;
    if (!as_wanted) {
        draft.add(model::Outcome::expectation_missed,
                  fmt::format("after {} the workload {}, wanted: {}", signal_name(stop.signal), what_happened(end),
                              model::describe(stop.expect.value_or(clean))));
    }
    look_for_leftovers(draft);
    finish(draft);
}

void InstanceRun::look_for_leftovers(CaseDraft& draft) {
    if (workload_->wait_gone(now() + kLeftoversTake)) return;
    const auto names = process_names(workload_->processes());
    if (names.empty()) return;
    draft.add(model::Outcome::expectation_missed,
              fmt::format("{} outlived the workload's first process: {}", names.size() == 1 ? "a process" : "processes",
                          fmt::join(names, ", ")));
}

void InstanceRun::skip_the_rest(std::string_view why) {
    std::vector<std::string> names = instance_plan_.scenarios;
    names.emplace_back("shutdown");
    for (auto i = drafts_.size(); i < names.size() + 1; ++i) {
        CaseDraft draft;
        draft.scenario = case_name(names[i - 1]);
        draft.place =
            i - 1 < instance_plan_.places.size() ? instance_plan_.places[i - 1] : instance_plan_.workload_place;
        draft.add(model::Outcome::skipped, std::string{why});
        drafts_.push_back(std::move(draft));
        listener_.on_case(model::Event::Kind::case_finished, drafts_.back().scenario, "", 0, model::Outcome::skipped);
    }
}

CaseDraft& InstanceRun::begin(std::string_view scenario) {
    drafts_.emplace_back().scenario = case_name(scenario);
    case_began_ = now();
    begin_step("");
    return drafts_.back();
}

void InstanceRun::begin_step(const std::string& step) {
    phases_.push_back({drafts_.size() - 1, step});
    if (workload_) workload_->set_phase(static_cast<int>(phases_.size()) - 1);
    listener_.on_case(step.empty() ? model::Event::Kind::case_started : model::Event::Kind::case_progress,
                      drafts_.back().scenario, step, workload_ ? workload_->refused() : 0, model::Outcome::passed);
}

void InstanceRun::finish(CaseDraft& draft) {
    draft.duration = std::chrono::duration_cast<core::Milliseconds>(now() - case_began_);
    const auto so_far = judge({plan_, suite_, launched_, phases_}, drafts_.size() - 1, draft,
                              {workload_ ? workload_->refusals() : std::vector<model::Refusal>{}, {}, {}});
    listener_.on_case(model::Event::Kind::case_finished, draft.scenario, "", workload_ ? workload_->refused() : 0,
                      so_far.outcome);
}

ports::StepContext InstanceRun::context(core::Milliseconds limit) const {
    if (plan_.hold) limit += kWhileHeld;
    return {*workload_,    runner_, session_.workload.ready.get(), environment_, workdir_, cancel_,
            now() + limit, nullptr, place_->log().string()};
}

std::string InstanceRun::case_name(std::string_view scenario) const {
    if (instance_plan_.owner.empty() || scenario == instance_plan_.owner) return std::string{scenario};
    return fmt::format("{}: {}", instance_plan_.owner, scenario);
}

std::string InstanceRun::interruption() const {
    return "interrupted by " + signal_name(cancel_.reason());
}

std::vector<model::CaseResult> InstanceRun::results() {
    if (cancel_.requested()) {
        skip_the_rest(interruption());
    } else if (drafts_.front().outcome != model::Outcome::passed) {
        skip_the_rest("the workload did not start");
    } else {
        skip_the_rest(fmt::format("the workload was gone after '{}'", drafts_.back().scenario));
    }
    const auto seen = workload_ ? Sightings::of(*workload_) : Sightings{};
    auto without_gaps = seen;  // for cases that did not run: nothing of them went unseen
    without_gaps.gaps.clear();
    std::vector<model::CaseResult> results;
    for (std::size_t i = 0; i < drafts_.size(); ++i) {
        const bool ran = drafts_[i].outcome != model::Outcome::skipped;
        results.push_back(judge({plan_, suite_, launched_, phases_}, i, drafts_[i], ran ? seen : without_gaps));
        if (results.back().outcome != model::Outcome::passed && ran && place_) {
            results.back().log_tail = core::read_tail(place_->log(), kLogTail);
        }
    }
    return results;
}

}  // namespace callgate::engine
