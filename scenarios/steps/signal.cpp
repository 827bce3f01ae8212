#include "harness/document/read.h"
#include "harness/ports/read.h"
#include "scenarios/aftermath.h"
#include "scenarios/report.h"
#include "scenarios/step_kind.h"
#include "scenarios/step_reader.h"
#include "scenarios/targets.h"
#include "scenarios/wait.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callgate::scenarios::steps::signal {

namespace {

using std::chrono::microseconds;

constexpr std::int64_t kMostTimes = 100'000;
constexpr std::int64_t kHighestRate = 10'000;
constexpr core::Milliseconds kUsualPause{100};
constexpr core::Milliseconds kRoom{1'000};
constexpr core::Milliseconds kUntilEnough{60'000};
/// A worker that was just killed may have no successor yet.
constexpr core::Milliseconds kToAppear{500};
/// In a storm, how long the list of processes is good for: looking through /proc takes longer than sending.
constexpr core::Milliseconds kListIsGood{20};

struct Options {
    int number = 0;
    Target target;
    microseconds every = kUsualPause;
    std::optional<std::int64_t> times = 1;  ///< none: until `duration` is over, or the other side of a `during` is
    std::optional<core::Milliseconds> duration;
    std::vector<Consequence> expect;
    core::Milliseconds within{0};
};

/// The processes that get the next signal.
class Recipients {
public:
    Recipients(const Target& target, const ports::StepContext& context, const std::string& step)
        : target_{target}, context_{context}, random_{random_of(context.seed, step)} {}

    /// Nobody when there is nobody; why() says so.
    std::vector<ports::LiveProcess> next(core::SteadyTime deadline) {
        const auto asked = std::chrono::steady_clock::now();
        if (listed_ + kListIsGood < asked || live_.empty()) list();
        auto found = target_.among(live_, context_.workload.leader(), random_);
        const auto until = std::min(deadline, asked + kToAppear);
        while (found.empty() && target_.who == Target::Who::named && std::chrono::steady_clock::now() < until) {
            if (wait_until(context_, std::min(until, std::chrono::steady_clock::now() + kListIsGood)) !=
                Woken::deadline) {
                break;
            }
            list();
            found = target_.among(live_, context_.workload.leader(), random_);
        }
        return found;
    }

    [[nodiscard]] std::string why() const { return target_.nobody(live_, context_.workload.leader()); }

private:
    void list() {
        live_ = context_.workload.live_processes();
        listed_ = std::chrono::steady_clock::now();
    }

    const Target& target_;
    const ports::StepContext& context_;
    std::mt19937_64 random_;
    std::vector<ports::LiveProcess> live_;
    core::SteadyTime listed_;
};

class SignalStep final : public ports::Step {
public:
    SignalStep(Options options, std::string name, model::Place place)
        : options_{std::move(options)}, name_{std::move(name)}, place_{std::move(place)} {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] core::Milliseconds limit() const override {
        return add_limits(options_.within, limit_of(options_.expect));
    }

    [[nodiscard]] std::vector<model::StepResult> run(const ports::StepContext& context) const override {
        using model::Outcome;
        Report report{name_, place_};
        const auto began = std::chrono::steady_clock::now();
        const auto deadline = own_deadline(context, options_.within);
        Aftermath aftermath{options_.expect, context};
        Recipients recipients{options_.target, context, name_};
        if (expects_end() && context.host != nullptr) context.host->expect_end();
        auto next = began;
        std::int64_t sent = 0;
        for (; more(sent, next - began, context.speed); ++sent, next += options_.every) {
            if (sent > 0) {
                const auto woken = wait_until(context, std::min(next, deadline));
                if (woken == Woken::cancelled) return report.interrupted();
                if (woken == Woken::enough) return report.finish(Outcome::passed, "", sent_metric(sent));
                if (woken == Woken::deadline && deadline < next) return late(report, sent);
            }
            // What a signal does to the workload is for others to judge; that there is nobody to send one to is not.
            const auto end = context.workload.leader_end();
            if (end.kind != model::ProcessEnd::Kind::running) {
                return report.finish(Outcome::workload_failed, gone(end, sent), sent_metric(sent));
            }
            const auto targets = recipients.next(deadline);
            if (targets.empty()) {
                if (context.cancel.requested()) return report.interrupted();
                return report.finish(
                    Outcome::expectation_missed,
                    fmt::format("{} to send {} to", recipients.why(), ports::signal_name(options_.number)),
                    sent_metric(sent));
            }
            for (const auto& target : targets) {
                const auto status = context.workload.signal(target.pid, options_.number);
                if (!status) return report.finish(Outcome::setup_failed, status.error().message, sent_metric(sent));
            }
            aftermath.done_to(targets);
        }
        const auto verdict = aftermath.wait(ports::signal_name(options_.number));
        return report.finish(verdict.outcome, verdict.message, sent_metric(sent));
    }

private:
    [[nodiscard]] bool more(std::int64_t sent, std::chrono::steady_clock::duration since, ports::Speed speed) const {
        if (options_.times) return sent < *options_.times;
        return !options_.duration || since < ports::lasting(speed, *options_.duration);
    }

    [[nodiscard]] bool expects_end() const {
        const bool leader = options_.target.who == Target::Who::leader || options_.target.who == Target::Who::all;
        return leader && std::any_of(options_.expect.begin(), options_.expect.end(), [](const Consequence& wanted) {
                   return wanted.kind == Consequence::Kind::exits || wanted.kind == Consequence::Kind::gone;
               });
    }

    [[nodiscard]] std::vector<model::StepResult> late(Report& report, std::int64_t sent) const {
        const auto wanted = options_.times ? fmt::format(" of {}", *options_.times) : std::string{};
        return report.finish(model::Outcome::timed_out,
                             fmt::format("{}{} signals sent when the time was up", sent, wanted), sent_metric(sent));
    }

    [[nodiscard]] std::string gone(const model::ProcessEnd& end, std::int64_t sent) const {
        auto which = ports::signal_name(options_.number);
        if (options_.times != 1) which += fmt::format(" number {}", sent + 1);
        if (options_.times.value_or(1) != 1) which += fmt::format(" of {}", *options_.times);
        return fmt::format("the workload ended ({}) before {} was sent", model::describe(end), which);
    }

    static std::vector<model::Metric> sent_metric(std::int64_t sent) {
        return {{"signals", static_cast<double>(sent)}};
    }

    Options options_;
    std::string name_;
    model::Place place_;
};

/// One of two keys that say the same thing in two ways.
void one_or_the_other(const document::Node& value, std::string_view one, std::string_view other,
                      core::Diagnostics& diagnostics) {
    if (value.find(one) == nullptr || value.find(other) == nullptr) return;
    diagnostics.error(key_span(value, other), fmt::format("'{}' stands beside '{}': one or the other", other, one));
}

void read_series(document::MappingReader& reader, bool in_background, Options& options,
                 core::Diagnostics& diagnostics) {
    const auto& value = reader.node();
    options.every = read_within(reader, "every", kUsualPause, diagnostics);
    if (const auto rate = reader.integer("rate", 1, kHighestRate)) options.every = microseconds{1'000'000 / *rate};
    options.times = reader.integer("times", 1, kMostTimes);
    if (const auto* duration = reader.optional("for")) {
        options.duration = ports::read_positive_duration(*duration, diagnostics);
    }
    one_or_the_other(value, "every", "rate", diagnostics);
    one_or_the_other(value, "times", "for", diagnostics);
    if (value.find("times") != nullptr || value.find("for") != nullptr) return;
    for (const std::string_view key : {"every", "rate"}) {
        if (value.find(key) == nullptr || in_background) continue;
        diagnostics.error(key_span(value, key), fmt::format("'{}' stands without 'times' or 'for'", key),
                          "say how often, as times: 10, or how long, as for: 2s");
    }
    const bool series = value.find("every") != nullptr || value.find("rate") != nullptr;
    if (!series) options.times = 1;
}

Options read_options(const document::Node& value, bool in_background, core::Diagnostics& diagnostics) {
    Options options;
    if (value.kind == document::Node::Kind::scalar) {
        options.number = ports::read_signal(value, diagnostics).value_or(SIGTERM);
        options.within = kRoom;
        return options;
    }
    document::MappingReader reader{value, "signal", diagnostics};
    if (const auto* send = reader.required("send")) {
        options.number = ports::read_signal(*send, diagnostics).value_or(SIGTERM);
    }
    if (const auto* target = reader.optional("to")) options.target = Target::read(*target, diagnostics);
    read_series(reader, in_background, options, diagnostics);
    const auto pauses = options.times.value_or(1) - 1;
    const auto series = std::chrono::ceil<core::Milliseconds>(options.every * pauses);
    const auto endless = options.times ? series : kUntilEnough;
    options.within = read_within(reader, "within", add_limits(options.duration.value_or(endless), kRoom), diagnostics);
    if (const auto* expect = reader.optional("expect")) {
        options.expect = Consequence::read(*expect, options.target, diagnostics);
    }
    reader.finish();
    return options;
}

ports::StepPtr read(const StepSource& source, StepReader& reader, core::Diagnostics& diagnostics) {
    const auto problems = error_count(diagnostics);
    auto options = read_options(source.value, reader.in_background(), diagnostics);
    if (error_count(diagnostics) != problems) return nullptr;
    auto name = source.name;
    if (name.empty()) {
        name = "signal " + ports::signal_name(options.number);
        if (options.times.value_or(1) > 1) name += fmt::format(" x{}", *options.times);
        if (options.duration) name += " for " + ports::duration_text(*options.duration);
    }
    return std::make_shared<const SignalStep>(std::move(options), std::move(name), source.place);
}

}  // namespace

extern const StepKind kStepKind;
const StepKind kStepKind{"signal", "sends a signal, once, again and again or in a storm, and waits for what follows",
                         R"json({
  "signal": {
    "description": "Sends a signal to the workload. A name alone: once, to its first process.",
    "anyOf": [
      {"$ref": "#/$defs/signal"},
      {
        "type": "object",
        "additionalProperties": false,
        "required": ["send"],
        "properties": {
          "send": {"$ref": "#/$defs/signal"},
          "to": {"$ref": "#/$defs/target"},
          "times": {"description": "How often; by default once.", "$ref": "#/$defs/count"},
          "for": {"description": "How long, instead of times.", "$ref": "#/$defs/duration"},
          "every": {"description": "From one to the next; by default 100ms.", "$ref": "#/$defs/duration"},
          "rate": {"description": "Signals per second, instead of every; at most 10000.", "$ref": "#/$defs/count"},
          "within": {"description": "A deadline for sending all of them.", "$ref": "#/$defs/duration"},
          "expect": {
            "description": "What must follow the last one; a list where each has a deadline of its own.",
            "anyOf": [
              {"$ref": "#/$defs/consequence"},
              {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/consequence"}}
            ]
          }
        }
      }
    ]
  }
})json",
                         "", read};

}  // namespace callgate::scenarios::steps::signal
