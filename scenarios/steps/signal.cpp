#include "harness/core/closest.h"
#include "harness/document/read.h"
#include "harness/ports/read.h"
#include "scenarios/report.h"
#include "scenarios/step_kind.h"
#include "scenarios/step_reader.h"
#include "scenarios/wait.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace callgate::scenarios::steps::signal {

namespace {

constexpr std::int64_t kMostTimes = 100'000;
constexpr core::Milliseconds kUsualPause{100};
constexpr core::Milliseconds kRoom{1'000};

enum class Target { leader, all, children };

struct Options {
    int number = 0;
    Target target = Target::leader;
    core::Milliseconds every = kUsualPause;
    std::int64_t times = 1;
    core::Milliseconds within{0};
};

class SignalStep final : public ports::Step {
public:
    SignalStep(Options options, std::string name, model::Place place)
        : options_{options}, name_{std::move(name)}, place_{std::move(place)} {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] core::Milliseconds limit() const override { return options_.within; }

    [[nodiscard]] std::vector<model::StepResult> run(const ports::StepContext& context) const override {
        using model::Outcome;
        Report report{name_, place_};
        const auto deadline = own_deadline(context, options_.within);
        auto next = std::chrono::steady_clock::now();
        for (std::int64_t sent = 0; sent < options_.times; ++sent) {
            if (sent > 0) {
                next += options_.every;
                const auto woken = wait_until(context, std::min(next, deadline));
                if (woken == Woken::cancelled) return report.interrupted();
                if (woken == Woken::enough) return report.finish(Outcome::passed, "", sent_metric(sent));
                if (woken == Woken::deadline && deadline < next) {
                    return report.finish(
                        Outcome::timed_out,
                        fmt::format("{} of {} signals sent when the time was up", sent, options_.times),
                        sent_metric(sent));
                }
            }
            // What a signal does to the workload is for others to judge; that there is nobody to send one to is not.
            const auto end = context.workload.leader_end();
            if (end.kind != model::ProcessEnd::Kind::running) {
                return report.finish(Outcome::workload_failed, gone(end, sent), sent_metric(sent));
            }
            const auto targets = processes(context.workload);
            if (targets.empty()) {
                return report.finish(
                    Outcome::expectation_missed,
                    fmt::format("the workload has no child to send {} to", ports::signal_name(options_.number)),
                    sent_metric(sent));
            }
            for (const auto pid : targets) {
                const auto status = context.workload.signal(pid, options_.number);
                if (!status) return report.finish(Outcome::setup_failed, status.error().message, sent_metric(sent));
            }
        }
        return report.finish(Outcome::passed, "", sent_metric(options_.times));
    }

private:
    [[nodiscard]] std::vector<pid_t> processes(const ports::Instance& workload) const {
        if (options_.target == Target::leader) return {workload.leader()};
        auto all = workload.processes();
        if (options_.target == Target::children)
            all.erase(std::remove(all.begin(), all.end(), workload.leader()), all.end());
        return all;
    }

    [[nodiscard]] std::string gone(const model::ProcessEnd& end, std::int64_t sent) const {
        const auto which = options_.times == 1 ? ports::signal_name(options_.number)
                                               : fmt::format("{} number {} of {}", ports::signal_name(options_.number),
                                                             sent + 1, options_.times);
        return fmt::format("the workload ended ({}) before {} was sent", model::describe(end), which);
    }

    static std::vector<model::Metric> sent_metric(std::int64_t sent) {
        return {{"signals", static_cast<double>(sent)}};
    }

    Options options_;
    std::string name_;
    model::Place place_;
};

Target read_target(const document::Node& node, core::Diagnostics& diagnostics) {
    const auto text = document::read_string(node, diagnostics);
    if (!text || *text == "leader") return Target::leader;
    if (*text == "all") return Target::all;
    if (*text == "children") return Target::children;
    diagnostics.error(node.span, fmt::format("'{}' does not say whom to send the signal to", *text),
                      core::suggestion(*text, {"leader", "all", "children"}));
    return Target::leader;
}

Options read_options(const document::Node& value, core::Diagnostics& diagnostics) {
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
    if (const auto* target = reader.optional("to")) options.target = read_target(*target, diagnostics);
    options.every = read_within(reader, "every", kUsualPause, diagnostics);
    options.times = reader.integer("times", 1, kMostTimes).value_or(1);
    const auto usual = add_limits(multiply_limit(options.every, options.times - 1), kRoom);
    options.within = read_within(reader, "within", usual, diagnostics);
    if (value.find("every") != nullptr && value.find("times") == nullptr) {
        diagnostics.error(key_span(value, "every"), "'every' stands without 'times'", "say how often, as times: 10");
    }
    reader.finish();
    return options;
}

ports::StepPtr read(const StepSource& source, StepReader& /*reader*/, core::Diagnostics& diagnostics) {
    const auto problems = error_count(diagnostics);
    const auto options = read_options(source.value, diagnostics);
    if (error_count(diagnostics) != problems) return nullptr;
    auto name = source.name;
    if (name.empty()) {
        name = "signal " + ports::signal_name(options.number);
        if (options.times > 1) name += fmt::format(" x{}", options.times);
    }
    return std::make_shared<const SignalStep>(options, std::move(name), source.place);
}

}  // namespace

extern const StepKind kStepKind;
const StepKind kStepKind{"signal", "sends a signal, once or again and again", R"json({
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
          "to": {"description": "leader: the first process (usual); all; children: all but the first.", "enum": ["leader", "all", "children"]},
          "times": {"description": "How often; by default once.", "$ref": "#/$defs/count"},
          "every": {"description": "From one to the next; by default 100ms.", "$ref": "#/$defs/duration"},
          "within": {"description": "A deadline for all of it.", "$ref": "#/$defs/duration"}
        }
      }
    ]
  }
})json",
                         "", read};

}  // namespace callgate::scenarios::steps::signal
