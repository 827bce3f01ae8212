#include "scenarios/collectors.h"

#include "harness/core/result.h"
#include "scenarios/command.h"
#include "scenarios/inspector.h"
#include "scenarios/probes.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

namespace callgate::scenarios {

namespace {

using model::Outcome;
using Attempt = Collector::Attempt;

/// A process that was told to open its inspector is asked so often whether it has.
constexpr core::Milliseconds kPause{20};
constexpr core::Milliseconds kOneTry{2'000};

Attempt missed(std::string message) {
    return {Outcome::expectation_missed, std::move(message)};
}

class Processes {
public:
    Processes(const Target& target, const ports::StepContext& context, const std::string& step)
        : target_{target}, context_{context}, random_{random_of(context.seed, step)} {}

    std::vector<ports::LiveProcess> all() {
        live_ = context_.workload.live_processes();
        return target_.among(live_, context_.workload.leader(), random_);
    }
    [[nodiscard]] std::string nobody() const { return target_.nobody(live_, context_.workload.leader()); }

    Attempt signal(int number) {
        const auto targets = all();
        if (targets.empty()) return missed(nobody());
        for (const auto& target : targets) {
            const auto sent = context_.workload.signal(target.pid, number);
            if (!sent) return {Outcome::setup_failed, sent.error().message};
        }
        return {};
    }

private:
    const Target& target_;
    const ports::StepContext& context_;
    std::mt19937_64 random_;
    std::vector<ports::LiveProcess> live_;
};

class UrlCollector final : public Collector {
public:
    UrlCollector(const http::LoadSpec& request, const ports::StepContext& context)
        : request_{request}, context_{context} {}

    Attempt collect(core::SteadyTime deadline) override {
        auto request = request_;
        const auto left = std::chrono::ceil<core::Milliseconds>(deadline - std::chrono::steady_clock::now());
        request.timeout = std::max(left, core::Milliseconds{1});
        auto seen = probe_http(request, context_, deadline);
        if (seen.empty()) return {};
        if (seen.starts_with("status ")) seen += ", wanted " + request.status.text();
        return missed(fmt::format("{}: {}", request.url.shown(), seen));
    }

private:
    const http::LoadSpec& request_;
    const ports::StepContext& context_;
};

class JcmdCollector final : public Collector {
public:
    JcmdCollector(const CollectorSpec& spec, const ports::StepContext& context, const std::string& step)
        : command_{spec.jcmd}, context_{context}, processes_{spec.target, context, step} {}

    Attempt collect(core::SteadyTime deadline) override {
        const auto targets = processes_.all();
        if (targets.empty()) return missed(processes_.nobody());
        for (const auto& target : targets) {
            std::vector<std::string> command{"jcmd", std::to_string(target.pid)};
            command.insert(command.end(), command_.begin(), command_.end());
            const auto result = run_command(context_, command, deadline);
            using How = CommandResult::How;
            if (result.how == How::cancelled) return {Outcome::skipped, "interrupted"};
            if (result.how == How::not_started) return {Outcome::setup_failed, result.problem};
            const auto words = last_line(result.err.empty() ? result.out : result.err);
            if (result.how == How::timed_out) {
                return missed(fmt::format("jcmd for {} did not end in time{}{}", title(target),
                                          words.empty() ? "" : ": ", words));
            }
            if (result.how == How::ended && result.end != model::ProcessEnd{model::ProcessEnd::Kind::exited, 0}) {
                return missed(fmt::format("jcmd for {} {}: {}", title(target), model::describe(result.end), words));
            }
        }
        return {};
    }

private:
    const std::vector<std::string>& command_;
    const ports::StepContext& context_;
    Processes processes_;
};

class InspectorCollector final : public Collector {
public:
    InspectorCollector(const CollectorSpec& spec, const ports::StepContext& context, const std::string& step)
        : endpoint_{*spec.inspector}, context_{context}, processes_{spec.target, context, step} {}

    /// Node.js opens its inspector when it gets SIGUSR1; one that is open already stays so.
    Attempt begin(core::SteadyTime deadline) override {
        bool told = false;
        std::string seen;
        while (true) {
            const auto now = std::chrono::steady_clock::now();
            auto connected = Inspector::connect(endpoint_, context_.cancel, std::min(deadline, now + kOneTry));
            if (connected) {
                inspector_ = std::move(*connected);
                return {};
            }
            // A try that was cut short knows less than the one before.
            if (seen.empty() || std::chrono::steady_clock::now() < deadline) seen = connected.error().message;
            if (!std::exchange(told, true)) {
                auto sent = processes_.signal(SIGUSR1);
                if (sent.outcome != Outcome::passed) return sent;
            }
            if (context_.cancel.wait_until(std::min(deadline, std::chrono::steady_clock::now() + kPause))) {
                return {Outcome::skipped, "interrupted"};
            }
            if (std::chrono::steady_clock::now() >= deadline) {
                return missed(seen + ", SIGUSR1 was sent");
            }
        }
    }

    Attempt collect(core::SteadyTime deadline) override {
        auto collected = inspector_->call("HeapProfiler.collectGarbage", deadline);
        return collected ? Attempt{} : missed(collected.error().message);
    }

private:
    const http::Endpoint& endpoint_;
    const ports::StepContext& context_;
    Processes processes_;
    std::unique_ptr<Inspector> inspector_;
};

class SignalCollector final : public Collector {
public:
    SignalCollector(const CollectorSpec& spec, const ports::StepContext& context, const std::string& step)
        : number_{*spec.signal}, processes_{spec.target, context, step} {}

    Attempt collect(core::SteadyTime /*deadline*/) override { return processes_.signal(number_); }

private:
    int number_;
    Processes processes_;
};

}  // namespace

std::unique_ptr<Collector> Collector::make(const CollectorSpec& spec, const ports::StepContext& context,
                                           const std::string& step) {
    if (spec.url) return std::make_unique<UrlCollector>(*spec.url, context);
    if (!spec.jcmd.empty()) return std::make_unique<JcmdCollector>(spec, context, step);
    if (spec.inspector) return std::make_unique<InspectorCollector>(spec, context, step);
    core::ensure(spec.signal.has_value(), "a collector is told how");
    return std::make_unique<SignalCollector>(spec, context, step);
}

}  // namespace callgate::scenarios
