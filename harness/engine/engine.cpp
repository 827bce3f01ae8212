#include "harness/engine/engine.h"

#include "harness/engine/facts.h"
#include "harness/engine/instance_run.h"
#include "harness/engine/reference.h"
#include "harness/engine/repeats.h"
#include "harness/engine/second_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>
#include <span>
#include <utility>

namespace callgate::engine {

namespace {

/// One start and stop of the workload, among many.
struct Task {
    const Suite* suite = nullptr;
    const InstancePlan* instance = nullptr;
    std::vector<model::CaseResult> cases;
    std::vector<std::pair<std::string, Snapshot>> snapshots;
};

std::size_t count_cases(const std::vector<Task>& tasks) {
    constexpr std::size_t kStartupAndShutdown = 2;
    std::size_t count = 0;
    for (const auto& task : tasks) count += task.instance->scenarios.size() + kStartupAndShutdown;
    return count;
}

/// Turns what instances say into events with their place in the run. Safe from any thread.
class Announcer {
public:
    Announcer(ports::EventSink& events, std::size_t total) : events_{events}, total_{total} {}

    void announce(model::Event event) {
        const std::lock_guard lock{mutex_};
        event.at = elapsed();
        event.index = finished_ + 1;
        event.total = total_;
        if (event.kind == model::Event::Kind::case_finished) ++finished_;
        events_.on_event(event);
    }

    [[nodiscard]] core::Milliseconds elapsed() const {
        return std::chrono::duration_cast<core::Milliseconds>(std::chrono::steady_clock::now() - started_);
    }

private:
    ports::EventSink& events_;
    core::SteadyTime started_ = std::chrono::steady_clock::now();
    std::mutex mutex_;
    std::size_t finished_ = 0;
    std::size_t total_;
};

/// What one instance says, with its suite.
class OfSuite final : public CaseListener {
public:
    OfSuite(Announcer& announcer, const Suite& suite) : announcer_{announcer}, suite_{suite} {}

    void on_case(model::Event event) override {
        event.profile = suite_.candidate ? suite_.candidate->name : "";
        event.mode = suite_.mode;
        announcer_.announce(std::move(event));
    }

private:
    Announcer& announcer_;
    const Suite& suite_;
};

/// Runs all tasks, `plan.jobs` at a time; a task that was not begun when the user cancelled keeps no cases.
void run_tasks(const RunPlan& plan, std::vector<Task>& tasks, ports::Runner& runner, Announcer& announcer,
               const core::Cancel& cancel, SecondReference* second) {
    std::atomic<std::size_t> next{0};
    std::atomic<bool> enough{false};
    std::mutex recording;
    const auto work = [&] {
        for (auto i = next++; i < tasks.size() && !cancel.requested() && !enough; i = next++) {
            auto& task = tasks[i];
            OfSuite listener{announcer, *task.suite};
            InstanceRun instance{plan, *task.suite, *task.instance, runner, listener, cancel, second};
            task.cases = instance.run();
            const auto failed = [](const model::CaseResult& one) {
                return model::fails_in_earnest(one.outcome, one.reasons, one.oracles);
            };
            if (task.suite->recorded) {
                const std::lock_guard lock{recording};
                task.suite->recorded(i % plan.repeat, instance.take_recording());
            }
            if (plan.fail_fast && std::any_of(task.cases.begin(), task.cases.end(), failed)) enough = true;
            task.snapshots = instance.take_snapshots();
        }
    };
    std::vector<std::future<void>> beside;
    for (std::size_t i = 1; i < std::min(plan.jobs, tasks.size()); ++i)
        beside.push_back(std::async(std::launch::async, work));
    work();
    for (auto& one : beside) one.get();  // an exception of any of them is the run's
}

/// The repetitions of one instance stand one after the other: each case of theirs becomes one.
void merge_into(std::vector<model::CaseResult>& cases, std::span<Task> repetitions) {
    const auto count = repetitions.front().cases.size();
    for (std::size_t i = 0; i < count; ++i) {
        std::vector<model::CaseResult> runs;
        for (auto& task : repetitions) {
            if (i < task.cases.size()) runs.push_back(std::move(task.cases[i]));
        }
        cases.push_back(merge_repeats(std::move(runs)));
    }
}

}  // namespace

std::vector<std::string> never_let_through() {
    return {"bpf",        "clock_settime", "delete_module", "finit_module", "init_module", "kexec_file_load",
            "kexec_load", "pivot_root",    "reboot",        "settimeofday", "stime",       "swapoff",
            "swapon",     "clock_adjtime", "adjtimex",      "acct",         "quotactl",    "vhangup"};
}

std::string case_scenario(const InstancePlan& instance, std::string_view scenario) {
    if (instance.owner.empty() || scenario == instance.owner) return std::string{scenario};
    return fmt::format("{}: {}", instance.owner, scenario);
}

std::vector<std::string> case_scenarios(const InstancePlan& instance) {
    std::vector<std::string> names{case_scenario(instance, "startup")};
    for (const auto& scenario : instance.scenarios) names.push_back(case_scenario(instance, scenario));
    names.push_back(case_scenario(instance, "shutdown"));
    return names;
}

std::string case_name(const Suite& suite, std::string_view scenario) {
    return fmt::format("{} / {} / {}", suite.candidate ? suite.candidate->name : "no profile",
                       model::mode_name(suite.mode), scenario);
}

Measured measure_reference(const RunPlan& plan, ports::Runner& runner, ports::EventSink& events,
                           const core::Cancel& cancel) {
    const Suite suite{nullptr, model::Mode::baseline, plan.reference_instances, {}};
    std::vector<Task> tasks;
    for (const auto& instance : suite.instances) tasks.push_back({&suite, &instance, {}, {}});
    Announcer announcer{events, count_cases(tasks)};
    run_tasks(plan, tasks, runner, announcer, cancel, nullptr);

    Measured measured;
    auto reference = std::make_shared<Reference>();
    for (auto& task : tasks) {
        for (auto& [scenario, snapshot] : task.snapshots) reference->add(scenario, std::move(snapshot));
        for (auto& one : task.cases) {
            if (one.outcome != model::Outcome::passed)
                reference->faults[one.scenario] = one.reasons.empty() ? "it did not pass" : one.reasons.front();
            measured.cases.push_back(std::move(one));
        }
    }
    measured.reference = std::move(reference);
    return measured;
}

model::RunResult run(const RunPlan& plan, ports::Runner& runner, ports::EventSink& events, const core::Cancel& cancel) {
    auto result = begin_result();
    result.plan = plan.file;

    std::vector<Task> tasks;
    for (const auto& suite : plan.suites) {
        for (const auto& instance : suite.instances)
            tasks.insert(tasks.end(), plan.repeat, Task{&suite, &instance, {}, {}});
    }
    Announcer announcer{events, count_cases(tasks)};
    SecondReference second{plan, runner, cancel};
    run_tasks(plan, tasks, runner, announcer, cancel, &second);
    for (std::size_t i = 0; i < tasks.size(); i += plan.repeat)
        merge_into(result.cases, std::span{tasks}.subspan(i, plan.repeat));
    result.interrupted_by = cancel.reason();
    result.duration = announcer.elapsed();
    return result;
}

}  // namespace callgate::engine
