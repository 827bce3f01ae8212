#include "harness/cli/recording.h"

#include "harness/cli/lock_files.h"
#include "harness/cli/progress.h"
#include "harness/engine/command_run.h"
#include "harness/engine/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace callgate::cli {

namespace {

bool all_passed(const model::RunResult& result) {
    return std::all_of(result.cases.begin(), result.cases.end(),
                       [](const auto& one) { return one.outcome == model::Outcome::passed; });
}

}  // namespace

Recording record_plan(TestPlan& test, const RecordingOptions& options, const RecordingRunner& by,
                      const Invocation& invocation) {
    Recording recording;
    std::vector<model::RecordedCall> learnt;
    engine::EvidenceCollector collector{options.repeat};
    auto& suite = test.run.suites.front();
    test.run.repeat = options.repeat;
    test.run.jobs = options.jobs;
    suite.recorded = [&](std::size_t run, const engine::InstanceRecording& one) {
        collector.add(run, one);
        if (by.for_news) learnt.insert(learnt.end(), one.calls.begin(), one.calls.end());
    };
    suite.speed = by.for_news ? ports::Speed::traced : ports::Speed::native;
    auto progress = make_progress(invocation, options.quiet);
    recording.result = engine::run(test.run, *by.runner, *progress, invocation.cancel);
    if (by.for_news && all_passed(recording.result)) {
        const auto runner = by.for_news(std::move(learnt));
        test.run.repeat = 1;
        suite.speed = ports::Speed::native;
        suite.recorded = [&](std::size_t, const engine::InstanceRecording& one) { collector.add(options.repeat, one); };
        auto again = engine::run(test.run, *runner, *progress, invocation.cancel);
        std::move(again.cases.begin(), again.cases.end(), std::back_inserter(recording.result.cases));
    }
    recording.evidence = collector.evidence();
    recording.inputs = test.inputs;
    for (const auto& instance : suite.instances)
        recording.scenarios.insert(recording.scenarios.end(), instance.scenarios.begin(), instance.scenarios.end());
    recording.workload = test.run.workload;
    recording.plan = test.run.file;
    return recording;
}

Recording record_command_line(const std::vector<std::string>& command, const RecordingOptions& options,
                              ports::Runner& runner, const Invocation& invocation) {
    Recording recording;
    engine::EvidenceCollector collector{options.repeat};
    engine::CommandPlan plan;
    plan.command = command;
    plan.environment = invocation.environment;
    plan.mode = model::Mode::baseline;
    for (std::size_t run = 0; run < options.repeat && !invocation.cancel.requested(); ++run) {
        plan.recorded = [&](const engine::InstanceRecording& one) { collector.add(run, one); };
        auto result = engine::run_command(plan, runner, invocation.cancel);
        if (run == 0)
            recording.result = std::move(result);
        else
            recording.result.cases.insert(recording.result.cases.end(), result.cases.begin(), result.cases.end());
    }
    recording.evidence = collector.evidence();
    recording.workload = fmt::format("{}", fmt::join(command, " "));
    return recording;
}

std::string failure_of(const Recording& recording) {
    for (const auto& one : recording.result.cases) {
        if (one.outcome == model::Outcome::passed || one.outcome == model::Outcome::incomplete) continue;
        return fmt::format("{}: {}", one.scenario, one.reasons.empty() ? "did not pass" : one.reasons.front());
    }
    return {};
}

profiles::Lock lock_of(const Recording& recording, const std::string& recorder) {
    auto lock = lock_of_host();
    lock.recorder = recorder;
    lock.workload = recording.workload;
    lock.plan = recording.plan;
    if (!recording.inputs.empty()) {
        lock.plan_sha256 = recording.inputs.front().sha256;
        lock.files.assign(recording.inputs.begin() + 1, recording.inputs.end());
    }
    lock.scenarios = recording.scenarios;
    lock.programs = programs_of(recording.evidence);
    lock.evidence = recording.evidence;
    return lock;
}

}  // namespace callgate::cli
