#pragma once

#include "harness/core/cancel.h"
#include "harness/ports/launch.h"
#include "harness/ports/read.h"
#include "harness/ports/step.h"

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callgate::tests {

/// A workload that is none: it runs until told how it ends, and remembers the signals it was sent.
class FakeInstance : public ports::Instance {
public:
    [[nodiscard]] pid_t leader() const override { return 100; }
    [[nodiscard]] std::string start_failure() const override { return start_failure_; }
    [[nodiscard]] model::ProcessEnd leader_end() const override {
        const std::lock_guard lock{mutex_};
        return end_;
    }
    bool wait_leader(core::SteadyTime deadline) override { return ended_.wait_until(deadline); }
    bool wait_gone(core::SteadyTime deadline) override { return ended_.wait_until(deadline); }
    [[nodiscard]] int leader_ended_fd() const override { return ended_.fd(); }
    [[nodiscard]] std::vector<pid_t> processes() const override {
        std::vector<pid_t> all{leader()};
        all.insert(all.end(), children.begin(), children.end());
        return all;
    }
    [[nodiscard]] std::vector<ports::LiveProcess> live_processes() const override {
        const std::lock_guard lock{mutex_};
        if (!live_.empty()) return live_;
        std::vector<ports::LiveProcess> all;
        for (const auto pid : processes()) all.push_back({pid, static_cast<std::uint64_t>(pid), "fake", "fake"});
        return all;
    }
    core::Status signal(pid_t pid, int number) override {
        {
            const std::lock_guard lock{mutex_};
            signals_.emplace_back(pid, number);
        }
        if (on_signal) on_signal(number);
        return {};
    }
    core::Result<std::unique_ptr<ports::Squeeze>> squeeze(const ports::Shortage& shortage) override {
        squeezes.push_back(shortage);
        if (!squeeze_failure.empty()) return core::fail(squeeze_failure);
        return std::unique_ptr<ports::Squeeze>{std::make_unique<FakeSqueeze>(*this)};
    }
    void kill_all() override { end({model::ProcessEnd::Kind::signaled, 9}); }
    void set_phase(int /*phase*/) override {}
    [[nodiscard]] std::vector<model::Refusal> refusals() const override { return {}; }
    [[nodiscard]] std::uint64_t refused() const override { return 0; }
    [[nodiscard]] ports::Gaps gaps() const override { return {}; }
    [[nodiscard]] std::vector<ports::Note> notes() const override { return {}; }
    [[nodiscard]] bool no_new_privs() const override { return false; }

    /// The first process ends so; only the first time counts.
    void end(model::ProcessEnd how) {
        {
            const std::lock_guard lock{mutex_};
            if (end_.kind == model::ProcessEnd::Kind::running) end_ = how;
        }
        ended_.request(1);
    }
    void fail_to_start(std::string why) {
        start_failure_ = std::move(why);
        end({model::ProcessEnd::Kind::exited, 127});
    }
    /// What live_processes() gives from now on; by default all are called "fake".
    void show(std::vector<ports::LiveProcess> live) {
        const std::lock_guard lock{mutex_};
        live_ = std::move(live);
    }
    [[nodiscard]] std::vector<std::pair<pid_t, int>> signals() const {
        const std::lock_guard lock{mutex_};
        return signals_;
    }

    std::vector<pid_t> children{101, 102};
    std::function<void(int)> on_signal;     ///< called after a signal was remembered
    std::vector<ports::Shortage> squeezes;  ///< that were asked for
    std::string squeeze_failure;            ///< why there can be none
    std::string lift_failure;
    std::vector<model::Metric> felt;
    int lifted = 0;

private:
    class FakeSqueeze final : public ports::Squeeze {
    public:
        explicit FakeSqueeze(FakeInstance& instance) : instance_{instance} {}
        FakeSqueeze(const FakeSqueeze&) = delete;
        FakeSqueeze& operator=(const FakeSqueeze&) = delete;
        ~FakeSqueeze() override { static_cast<void>(lift()); }
        core::Status lift() override {
            if (std::exchange(lifted_, true)) return {};
            ++instance_.lifted;
            return instance_.lift_failure.empty() ? core::Status{} : core::fail(instance_.lift_failure);
        }
        [[nodiscard]] std::vector<model::Metric> felt() const override { return instance_.felt; }

    private:
        FakeInstance& instance_;
        bool lifted_ = false;
    };

    mutable std::mutex mutex_;
    model::ProcessEnd end_;
    std::string start_failure_;
    std::vector<std::pair<pid_t, int>> signals_;
    std::vector<ports::LiveProcess> live_;
    core::Cancel ended_;
};

/// Plays commands: each launch writes what the script says and ends as it says.
class FakeRunner final : public ports::Runner {
public:
    struct Script {
        std::string out;
        std::string err;
        model::ProcessEnd end{model::ProcessEnd::Kind::exited, 0};  ///< `running`: it never ends by itself
        std::string start_failure;
        std::string launch_error;
    };

    core::Result<std::unique_ptr<ports::Instance>> launch(const ports::LaunchRequest& request) override {
        const std::lock_guard lock{mutex_};
        requests.push_back(request);
        if (on_launch) on_launch();
        const auto script = scripts.empty() ? Script{} : scripts[std::min(requests.size(), scripts.size()) - 1];
        if (!script.launch_error.empty()) return core::fail(script.launch_error);
        write_all(request.standard_output, script.out);
        write_all(request.standard_error, script.err);
        auto command = std::make_unique<FakeInstance>();
        if (!script.start_failure.empty()) command->fail_to_start(script.start_failure);
        if (script.end.kind != model::ProcessEnd::Kind::running) command->end(script.end);
        return std::unique_ptr<ports::Instance>{std::move(command)};
    }

    std::vector<Script> scripts;  ///< one per launch; the last one for all that follow
    std::vector<ports::LaunchRequest> requests;
    std::function<void()> on_launch;  ///< called by each launch

private:
    /// A pipe takes 64 KiB without a reader; no script is longer.
    static void write_all(int fd, std::string_view text) {
        while (!text.empty()) {
            const auto count = ::write(fd, text.data(), text.size());
            if (count <= 0) return;
            text.remove_prefix(static_cast<std::size_t>(count));
        }
    }

    std::mutex mutex_;
};

/// Remembers what steps told it, in order: "begin sleep 1s", "end sleep 1s", "restart SIGTERM 10s", "end expected".
class FakeHost final : public ports::StepHost {
public:
    void begin_step(const std::string& step) override { note("begin " + step); }
    void end_step(const std::string& step) override { note("end " + step); }
    void expect_end() override { note("end expected"); }
    std::pair<model::Outcome, std::string> restart(int signal, core::Milliseconds within) override {
        note("restart " + ports::signal_name(signal) + " " + ports::duration_text(within));
        return restarted;
    }
    [[nodiscard]] core::Milliseconds start_limit() const override { return core::Milliseconds{10'000}; }

    [[nodiscard]] std::vector<std::string> heard() const {
        const std::lock_guard lock{mutex_};
        return heard_;
    }

    std::pair<model::Outcome, std::string> restarted{model::Outcome::passed, ""};

private:
    void note(std::string what) {
        const std::lock_guard lock{mutex_};
        heard_.push_back(std::move(what));
    }

    mutable std::mutex mutex_;
    std::vector<std::string> heard_;
};

/// Everything that a step needs to run.
struct FakeWorld {
    FakeInstance workload;
    FakeRunner runner;
    std::vector<std::string> environment{"PATH=/usr/bin:/bin"};
    std::string directory = "/";
    core::Cancel cancel;
    core::Milliseconds within{20'000};
    ports::StepPtr readiness;
    const core::Cancel* enough = nullptr;
    std::string log;
    ports::StepHost* host = nullptr;
    std::uint64_t seed = 0;
    ports::Speed speed = ports::Speed::native;

    [[nodiscard]] std::vector<model::StepResult> run(const ports::Step& step) {
        return step.run(ports::StepContext{workload, runner, readiness.get(), environment, directory, cancel,
                                           std::chrono::steady_clock::now() + within, enough, log, host, seed, nullptr,
                                           speed});
    }
};

}  // namespace callgate::tests
