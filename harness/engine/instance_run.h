#pragma once

#include "harness/engine/case_draft.h"
#include "harness/engine/engine.h"
#include "harness/engine/place.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::engine {

/// Hears that a case begins, moves on to a step, or ended.
class CaseListener {
public:
    virtual ~CaseListener() = default;
    virtual void on_case(model::Event::Kind kind, const std::string& scenario, const std::string& step,
                         std::uint64_t refused, model::Outcome outcome) = 0;
};

/// Takes one instance of the workload through its life: startup, each scenario, shutdown. Use once.
class InstanceRun {
public:
    /// Borrows everything for its lifetime.
    InstanceRun(const RunPlan& plan, const Suite& suite, const InstancePlan& instance, ports::Runner& runner,
                CaseListener& listener, const core::Cancel& cancel);

    /// One result per case: startup, the scenarios, shutdown.
    std::vector<model::CaseResult> run();

private:
    core::Status prepare();
    core::Status launch();
    void start_up();
    void play(const ports::Scenario& scenario, CaseDraft& draft);
    /// True, and told in the draft, when the first process ended and nobody asked it to.
    bool gone_on_its_own(CaseDraft& draft, std::string_view when) const;
    void shut_down();
    void look_for_leftovers(CaseDraft& draft);
    void skip_the_rest(std::string_view why);

    /// Begins the next case: what the trap sees from now on belongs to it.
    CaseDraft& begin(std::string_view scenario);
    void begin_step(const std::string& step);
    void finish(CaseDraft& draft);
    [[nodiscard]] ports::StepContext context(core::Milliseconds limit) const;
    [[nodiscard]] std::string case_name(std::string_view scenario) const;
    [[nodiscard]] std::string interruption() const;
    [[nodiscard]] core::SteadyTime now() const { return std::chrono::steady_clock::now(); }
    [[nodiscard]] std::vector<model::CaseResult> results();

    const RunPlan& plan_;
    const Suite& suite_;
    const InstancePlan& instance_plan_;
    ports::Runner& runner_;
    CaseListener& listener_;
    const core::Cancel& cancel_;

    std::optional<InstancePlace> place_;
    ports::Session session_;
    std::string workdir_;
    std::vector<std::string> environment_;
    std::optional<ports::Identity> identity_;
    std::unique_ptr<ports::Instance> workload_;
    core::SteadyTime launched_;
    core::SteadyTime case_began_;
    std::vector<Phase> phases_;
    std::vector<CaseDraft> drafts_;
};

}  // namespace callgate::engine
