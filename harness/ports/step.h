#pragma once

#include "harness/core/cancel.h"
#include "harness/core/clock.h"
#include "harness/model/run_result.h"
#include "harness/ports/launch.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace callgate::ports {

class Step;

/// How fast the workload is by what callgate does to it.
enum class Speed {
    native,
    /// Each of its calls stops it, and takes a hundred times as long. Its limits are longer then, what goes on for a
    /// time does so briefly, and nothing is expected of speed: what counts is that every call is made once.
    traced,
};

/// A limit as the plan has it, for a workload of that speed.
core::Milliseconds patient(Speed speed, core::Milliseconds limit);

/// The same of a time for which something goes on.
core::Milliseconds lasting(Speed speed, core::Milliseconds time);

/// What whoever plays a scenario does for its steps. Safe from any thread.
class StepHost {
public:
    virtual ~StepHost() = default;

    /// From now on until end_step() what the trap sees belongs to this step too: steps may overlap.
    virtual void begin_step(const std::string& step) = 0;
    virtual void end_step(const std::string& step) = 0;

    /// One more request of the workload was answered, or failed: for the progress.
    virtual void made_request() {}

    /// Ends the workload with `signal`, with SIGKILL when that takes longer than `within`, starts it again in the same
    /// directory and waits until it is ready. The outcome and, unless it passed, what was seen.
    virtual std::pair<model::Outcome, std::string> restart(int signal, core::Milliseconds within) = 0;

    /// From now on the end of the first process is what the scenario asked for, not a failure of the workload.
    virtual void expect_end() {}

    /// How long restart() may take besides `within`.
    [[nodiscard]] virtual core::Milliseconds start_limit() const = 0;
};

/// What a step may use while it runs. Borrowed; valid during run().
struct StepContext {
    Instance& workload;
    Runner& runner;                   ///< for commands of the plan's own (`exec`)
    const Step* readiness = nullptr;  ///< the workload's declared readiness; null when the plan declares none
    const std::vector<std::string>& environment;  ///< "NAME=value", of the workload; commands run in it too
    const std::string& directory;                 ///< the workload's working directory
    const core::Cancel& cancel;                   ///< the user wants to stop
    core::SteadyTime deadline;                    ///< the step ends by then, whatever happens
    const core::Cancel* enough = nullptr;         ///< inside `during`: the other side is done; ending then is a success
    std::string log{};                            ///< file with the workload's output; "" when it is not kept
    StepHost* host = nullptr;                     ///< null where no scenario is played
    std::uint64_t seed = 0;                       ///< for everything random: the same seed, the same choices
    const Identity* identity = nullptr;           ///< whom commands of the plan's own run as; null: as callgate
    Speed speed = Speed::native;                  ///< of the workload
};

/// Something a scenario does to a workload. Immutable once built: run() may be called again and from several threads.
class Step {
public:
    virtual ~Step() = default;

    /// For reports: the kind and what it is aimed at, "signal SIGHUP x10".
    [[nodiscard]] virtual std::string name() const = 0;

    /// Does it, within context.deadline; a finding is a value: `passed`, `expectation_missed`, `timed_out`,
    /// `workload_failed`, or `setup_failed` where the host cannot do it. Nested steps are in front of their parent.
    [[nodiscard]] virtual std::vector<model::StepResult> run(const StepContext& context) const = 0;

    /// How long the step may take by its own account, deadlines of nested steps included.
    [[nodiscard]] virtual core::Milliseconds limit() const = 0;

    /// True when all it does is done by steps inside it, which are announced by themselves.
    [[nodiscard]] virtual bool is_composite() const { return false; }
};

using StepPtr = std::shared_ptr<const Step>;

}  // namespace callgate::ports
