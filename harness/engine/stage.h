#pragma once

#include "harness/engine/current_workload.h"
#include "harness/engine/engine.h"
#include "harness/engine/loopback_ports.h"
#include "harness/engine/phases.h"
#include "harness/engine/place.h"
#include "harness/engine/request_meter.h"
#include "harness/engine/rest.h"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callgate::engine {

/// Where one instance of the workload lives and is acted upon: its directory, its process tree, what its steps may
/// ask for. Judges nothing. Borrows everything that it is made with. The steps' calls are safe from any thread; the
/// others belong to one.
class Stage final : public ports::StepHost {
public:
    Stage(const RunPlan& plan, const Suite& suite, const InstancePlan& instance, ports::Runner& runner,
          const core::Cancel& cancel);

    /// Hears from time to time, on any thread, how many requests per second steps make.
    void on_load(std::function<void(double requests_per_second)> hear) { on_load_ = std::move(hear); }

    /// Finds ports, makes the working directory, puts the files there: what is done once.
    core::Status set_up();
    /// Runs the commands that prepare the start, then starts the workload. Once; restart() prepares nothing.
    core::Status launch();
    /// Waits until the workload is ready: what its readiness says, or, without one, until it has come to rest.
    [[nodiscard]] model::StepResult wait_ready();
    /// Waits until what was set going has come to its end.
    [[nodiscard]] Rest rest(core::Milliseconds at_most) const;

    [[nodiscard]] const ports::Session& session() const { return session_; }
    [[nodiscard]] CurrentWorkload& workload() { return workload_; }
    [[nodiscard]] const CurrentWorkload& workload() const { return workload_; }
    [[nodiscard]] Phases& phases() { return phases_; }
    [[nodiscard]] const Phases& phases() const { return phases_; }
    [[nodiscard]] core::SteadyTime launched() const { return launched_; }
    /// None before set_up() made it.
    [[nodiscard]] const std::optional<InstancePlace>& place() const { return place_; }
    /// The process that all of the workload descends from; 0 before it is launched.
    [[nodiscard]] pid_t root() const { return root_; }
    [[nodiscard]] const ports::Variables& variables() const { return variables_; }
    /// Waits; true when the user wants to stop.
    [[nodiscard]] bool cancelled_within(core::Milliseconds time) const;
    /// A limit as the plan has it, for how fast the workload is.
    [[nodiscard]] core::Milliseconds patient(core::Milliseconds limit) const;
    [[nodiscard]] ports::StepContext context(core::Milliseconds limit);

    void begin_step(const std::string& step) override { phases_.begin_nested(step); }
    void end_step(const std::string& step) override { phases_.end_nested(step); }
    void made_request() override;
    void expect_end() override { end_expected_ = true; }
    /// A scenario ends the workload on purpose: that it is gone is no finding.
    [[nodiscard]] bool end_expected() const { return end_expected_; }
    std::pair<model::Outcome, std::string> restart(int signal, core::Milliseconds within) override;
    [[nodiscard]] core::Milliseconds start_limit() const override;

private:
    core::Status mount();
    core::Status prepare();
    core::Status start();

    const RunPlan& plan_;
    const Suite& suite_;
    const InstancePlan& instance_plan_;
    ports::Runner& runner_;
    const core::Cancel& cancel_;

    std::optional<InstancePlace> place_;
    std::vector<std::unique_ptr<ports::Mount>> mounts_;  ///< in the place's directory, and gone before it
    LoopbackPorts ports_;
    ports::Variables variables_;
    ports::Session session_;
    std::string workdir_;
    std::vector<std::string> environment_;
    std::optional<ports::Identity> identity_;
    CurrentWorkload workload_;
    Phases phases_{workload_};
    core::SteadyTime launched_;
    pid_t root_ = 0;
    RequestMeter meter_;
    std::function<void(double)> on_load_;
    std::atomic<bool> end_expected_{false};
};

}  // namespace callgate::engine
