#pragma once

#include "harness/bpf/program.h"
#include "harness/core/cancel.h"
#include "harness/core/result.h"
#include "harness/engine/evidence.h"
#include "harness/model/run_result.h"
#include "harness/ports/events.h"
#include "harness/ports/launch.h"
#include "harness/ports/oracles.h"
#include "harness/ports/step.h"
#include "harness/ports/variables.h"
#include "harness/ports/workload.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::engine {

/// A profile, compiled.
struct Candidate {
    std::string name;  ///< as the plan names it
    bpf::Program program;
    std::uint32_t filter_flags = 0;
    /// Fills in `rule`, `fix` and `exact_rule` of a violation.
    std::function<void(model::Violation&)> explain;
};

/// One start and stop of the workload, with the scenarios that run in between.
struct InstancePlan {
    /// "" for the instance that scenarios share; else the scenario that has it to itself.
    std::string owner;
    std::vector<std::string> scenarios;  ///< names, in order
    std::vector<model::Place> places;    ///< of the scenarios
    model::Place workload_place;
    std::vector<std::string> ports;  ///< names for which free loopback ports are found
    /// Builds it when `workdir` and `port.*` are known. It was tried before with stand-ins: a failure is a fault.
    std::function<core::Result<ports::Session>(const ports::Variables&)> build;
};

/// One profile in one mode.
struct Suite {
    std::shared_ptr<const Candidate> candidate;  ///< null in baseline mode
    model::Mode mode = model::Mode::log;
    std::vector<InstancePlan> instances;
    /// Gets what each instance did, with the number of its repetition, one at a time; empty: nothing is recorded.
    std::function<void(std::size_t run, const InstanceRecording& recording)> recorded{};
    ports::Speed speed = ports::Speed::native;  ///< of the workload
};

/// A refusal that the plan expects, and why.
struct ExpectedRefusal {
    std::string syscall;
    std::string reason;
};

struct Reference;

/// What the case of a scenario, or of "startup" or "shutdown", is called within its suite: in an instance that has an
/// owner "gc: startup", but for the owner itself.
std::string case_scenario(const InstancePlan& instance, std::string_view scenario);
/// The same of all cases of the instance, in their order.
std::vector<std::string> case_scenarios(const InstancePlan& instance);
/// The name of a case in the whole run: "nginx.json / log / startup".
std::string case_name(const Suite& suite, std::string_view scenario);

struct RunPlan {
    std::string workload;  ///< the plan's name
    std::string file;      ///< the plan's path
    std::vector<Suite> suites;
    /// What measure_reference() starts: each instance that some suite has, once.
    std::vector<InstancePlan> reference_instances{};
    std::vector<ExpectedRefusal> expected;
    std::vector<std::string> never_let_through;
    ports::OracleSettings oracles;
    /// What the workload does without a profile; null: oracles that compare with it are silent.
    std::shared_ptr<const Reference> reference;
    std::uint64_t seed = 0;  ///< for everything random in the steps
    std::size_t jobs = 1;    ///< instances side by side
    std::size_t repeat = 1;  ///< how often each instance is run
    /// Whoever wants to know only whether something fails: the first case that fails in earnest
    /// (model::fails_in_earnest) ends its instance, and no other begins.
    bool fail_fast = false;
    ports::HoldFunction hold{};  ///< empty: nobody is held at a refusal; else the time limits of steps do not count
};

/// Calls that harm the host when log mode lets them through: refused there all the same unless the user permits one.
std::vector<std::string> never_let_through();

/// What the workload does without a profile, in the plan's `reference_instances`.
struct Measured {
    std::shared_ptr<const Reference> reference;
    std::vector<model::CaseResult> cases;
};
Measured measure_reference(const RunPlan& plan, ports::Runner& runner, ports::EventSink& events,
                           const core::Cancel& cancel);

/// Runs everything, `plan.jobs` instances at a time, each `plan.repeat` times; ends early, with what it has, when
/// `cancel` is requested. Cases come in the order of the plan. `events` hears one thing at a time, from any thread.
model::RunResult run(const RunPlan& plan, ports::Runner& runner, ports::EventSink& events, const core::Cancel& cancel);

}  // namespace callgate::engine
