#include "harness/engine/engine.h"

#include "harness/engine/facts.h"
#include "harness/engine/instance_run.h"

#include <iterator>

namespace callgate::engine {

namespace {

std::size_t count_cases(const RunPlan& plan) {
    constexpr std::size_t kStartupAndShutdown = 2;
    std::size_t count = 0;
    for (const auto& suite : plan.suites) {
        for (const auto& instance : suite.instances) count += instance.scenarios.size() + kStartupAndShutdown;
    }
    return count;
}

/// Turns what instances say into events with their place in the run.
class Announcer final : public CaseListener {
public:
    Announcer(ports::EventSink& events, std::size_t total)
        : events_{events}, started_{std::chrono::steady_clock::now()}, total_{total} {}

    void enter(const Suite& suite) { suite_ = &suite; }

    void on_case(model::Event::Kind kind, const std::string& scenario, const std::string& step, std::uint64_t refused,
                 model::Outcome outcome) override {
        model::Event event;
        event.kind = kind;
        event.at = elapsed();
        event.profile = suite_->candidate ? suite_->candidate->name : "";
        event.mode = suite_->mode;
        event.scenario = scenario;
        event.step = step;
        event.refused = refused;
        event.outcome = outcome;
        event.index = finished_ + 1;
        event.total = total_;
        if (kind == model::Event::Kind::case_finished) ++finished_;
        events_.on_event(event);
    }

    [[nodiscard]] core::Milliseconds elapsed() const {
        return std::chrono::duration_cast<core::Milliseconds>(std::chrono::steady_clock::now() - started_);
    }

private:
    ports::EventSink& events_;
    core::SteadyTime started_;
    const Suite* suite_ = nullptr;
    std::size_t finished_ = 0;
    std::size_t total_;
};

}  // namespace

std::vector<std::string> never_let_through() {
    return {"bpf",        "clock_settime", "delete_module", "finit_module", "init_module", "kexec_file_load",
            "kexec_load", "pivot_root",    "reboot",        "settimeofday", "stime",       "swapoff",
            "swapon",     "clock_adjtime", "adjtimex",      "acct",         "quotactl",    "vhangup"};
}

model::RunResult run(const RunPlan& plan, ports::Runner& runner, ports::EventSink& events, const core::Cancel& cancel) {
    auto result = begin_result();
    result.plan = plan.file;

    Announcer announcer{events, count_cases(plan)};
    for (const auto& suite : plan.suites) {
        announcer.enter(suite);
        for (const auto& instance : suite.instances) {
            auto cases = InstanceRun{plan, suite, instance, runner, announcer, cancel}.run();
            std::move(cases.begin(), cases.end(), std::back_inserter(result.cases));
            if (cancel.requested()) break;
        }
        if (cancel.requested()) break;
    }
    result.interrupted_by = cancel.reason();
    result.duration = announcer.elapsed();
    return result;
}

}  // namespace callgate::engine
