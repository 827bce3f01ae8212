#pragma once

#include "harness/engine/case_draft.h"
#include "harness/engine/engine.h"
#include "harness/engine/inspection.h"
#include "harness/engine/stage.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callgate::engine {

/// Hears that a case begins, moves on to a step, makes requests, or ended. On any thread.
class CaseListener {
public:
    virtual ~CaseListener() = default;
    /// The event of one instance: its place in the run, the profile and the mode are not filled in.
    virtual void on_case(model::Event event) = 0;
};

class SecondReference;

/// Takes one instance of the workload through its life: startup, each scenario, shutdown. Use once.
class InstanceRun {
public:
    /// Borrows everything for its lifetime.
    /// `second` tells what is chance; null: everything that differs from the reference counts.
    InstanceRun(const RunPlan& plan, const Suite& suite, const InstancePlan& instance, ports::Runner& runner,
                CaseListener& listener, const core::Cancel& cancel, SecondReference* second);

    /// One result per case: startup, the scenarios, shutdown.
    std::vector<model::CaseResult> run();

    /// What was recorded, once run() is over; empty unless the suite has it recorded.
    [[nodiscard]] InstanceRecording take_recording() const;

    /// What the workload looked like at the end of each case that was played, by scenario; once.
    std::vector<std::pair<std::string, Snapshot>> take_snapshots() { return std::move(snapshots_); }

private:
    /// What was seen of the last case ends the instance.
    [[nodiscard]] bool is_enough() const;
    void start_up();
    void play(const ports::Scenario& scenario, CaseDraft& draft);
    void play_steps(const ports::Scenario& scenario, CaseDraft& draft);
    /// What the plan wants done after every scenario, or else the readiness, once more: what did not pass, or "".
    std::string check(CaseDraft& draft);
    /// Why a case is not to be judged: it fails without a profile too. None when it does not.
    [[nodiscard]] std::optional<std::string> fault_of(const CaseDraft& draft) const;
    /// True, and told in the draft, when the first process ended and nobody asked it to.
    bool gone_on_its_own(CaseDraft& draft, std::string_view when) const;
    void shut_down();
    /// Sends the stop's signal; false when there is nothing to judge.
    bool stop(CaseDraft& draft, Snapshot& shown);
    /// What outlived the first process: others, or a port that is still open.
    void see_what_is_left(Snapshot& shown);
    void skip_the_rest(std::string_view why);

    /// Begins the next case: what the trap sees from now on belongs to it.
    CaseDraft& begin(std::string_view scenario);
    void begin_step(const std::string& step);
    /// Of the case that is being played; the rest of `event` is filled in.
    void tell(model::Event event);
    void tell(model::Event::Kind kind, model::Outcome outcome = model::Outcome::passed);
    /// For the oracles; the time that a second reference takes is not the case's.
    const Snapshot* look_again(const std::string& scenario);
    void judge(CaseDraft& draft, const ports::OracleSettings& own, Snapshot shown);
    void finish(CaseDraft& draft);
    [[nodiscard]] std::string interruption() const;
    [[nodiscard]] Judgement judgement() const;
    [[nodiscard]] std::vector<model::CaseResult> results();

    const RunPlan& plan_;
    const Suite& suite_;
    const InstancePlan& instance_plan_;
    CaseListener& listener_;
    const core::Cancel& cancel_;

    Stage stage_;
    Inspection inspection_;
    SecondReference* second_;
    core::SteadyTime case_began_;
    std::string step_;  ///< that is being played
    bool up_ = false;   ///< it got ready: scenarios can be played, whatever an oracle says
    std::vector<CaseDraft> drafts_;
    std::vector<std::pair<std::string, Snapshot>> snapshots_;
};

}  // namespace callgate::engine
