#pragma once

#include "harness/core/cancel.h"
#include "harness/core/clock.h"
#include "harness/model/run_result.h"
#include "harness/ports/launch.h"

#include <memory>
#include <string>
#include <vector>

namespace callgate::ports {

class Step;

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
};

using StepPtr = std::shared_ptr<const Step>;

}  // namespace callgate::ports
