#include "scenarios/background.h"
#include "scenarios/http/load.h"
#include "scenarios/report.h"
#include "scenarios/step_kind.h"
#include "scenarios/step_reader.h"
#include "scenarios/tcp/crowd.h"
#include "scenarios/tcp/options.h"
#include "scenarios/wait.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace callgate::scenarios::steps::tcp {

namespace {

using scenarios::tcp::Action;
using scenarios::tcp::Crowd;
using scenarios::tcp::Options;

/// What all rounds together saw.
struct Seen {
    std::uint64_t rounds = 0;  ///< that came to their end
    std::uint64_t connections = 0;
    std::uint64_t failed = 0;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    std::map<std::string, std::uint64_t> failures;

    void add(const Crowd& crowd, std::size_t opened) {
        connections += opened;
        failed += crowd.failed();
        sent += crowd.sent();
        received += crowd.received();
        for (const auto& [text, count] : crowd.failures()) failures[text] += count;
    }
};

class TcpStep final : public BackgroundStep {
public:
    TcpStep(Options options, std::string name, model::Place place)
        : options_{std::move(options)}, name_{std::move(name)}, place_{std::move(place)} {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] core::Milliseconds limit() const override {
        return options_.within.count() > 0 ? options_.within : options_.timeout;
    }

    [[nodiscard]] std::vector<model::StepResult> run_beside(const ports::StepContext& context,
                                                            core::Cancel& effective) const override {
        using model::Outcome;
        Report report{name_, place_};
        if (const auto lack = http::lacking_descriptors(options_.connections); !lack.empty()) {
            effective.request(1);
            return report.finish(Outcome::setup_failed, lack);
        }
        const auto deadline = deadline_within(context, options_.within);
        auto options = options_;
        options.timeout = ports::patient(context.speed, options.timeout);
        Seen seen;
        bool goes_on = true;
        while (goes_on && !(options_.count && seen.rounds == *options_.count)) {
            Crowd crowd{options, context, deadline};
            goes_on = play(crowd, effective);
            seen.add(crowd, options_.connections);
            if (goes_on) ++seen.rounds;
            // A round in which nothing works is not repeated in a busy loop.
            if (crowd.failed() != 0) break;
        }
        effective.request(1);
        if (context.cancel.requested()) return report.interrupted();
        auto [outcome, message] = judge(seen, goes_on, context);
        return report.finish(outcome, std::move(message),
                             {{"rounds", static_cast<double>(seen.rounds)},
                              {"connections", static_cast<double>(seen.connections)},
                              {"errors", static_cast<double>(seen.failed)},
                              {"bytes_sent", static_cast<double>(seen.sent)},
                              {"bytes", static_cast<double>(seen.received)}});
    }

private:
    /// False when the time was up, the user cancelled or nothing more was wanted.
    bool play(Crowd& crowd, core::Cancel& effective) const {
        if (!crowd.open()) return false;
        for (const auto& action : options_.actions) {
            // What takes long has an effect while it lasts.
            if (action.kind == Action::Kind::hold) effective.request(1);
            if (!crowd.act(action)) return false;
        }
        effective.request(1);
        return true;
    }

    [[nodiscard]] std::pair<model::Outcome, std::string> judge(const Seen& seen, bool goes_on,
                                                               const ports::StepContext& context) const {
        using model::Outcome;
        if (seen.failed > 0) {
            auto failures = fmt::format("{} of {} connection{} failed: {}", seen.failed, seen.connections,
                                        seen.connections == 1 ? "" : "s", http::describe_failures(seen.failures));
            return failed_with(context, std::move(failures));
        }
        const bool enough = context.enough != nullptr && context.enough->requested();
        if (goes_on || enough) return {Outcome::passed, ""};
        return {Outcome::timed_out, fmt::format("{} round{} of the script done when the time was up", seen.rounds,
                                                seen.rounds == 1 ? "" : "s")};
    }

    Options options_;
    std::string name_;
    model::Place place_;
};

ports::StepPtr read(const StepSource& source, StepReader& reader, core::Diagnostics& diagnostics) {
    const auto problems = error_count(diagnostics);
    auto options = scenarios::tcp::read_options(source.value, reader.in_background(), diagnostics);
    if (error_count(diagnostics) != problems) return nullptr;
    auto name = source.name;
    if (name.empty()) {
        name = fmt::format("tcp {}", options.endpoint.text());
        if (options.connections > 1) name += fmt::format(" x{}", options.connections);
    }
    return std::make_shared<const TcpStep>(std::move(options), std::move(name), source.place);
}

}  // namespace

extern const StepKind kStepKind;
const StepKind kStepKind{"tcp", "connections by a script: slow, half-open, reset, idle by the thousand", R"json({
  "tcp": {
    "type": "object",
    "additionalProperties": false,
    "required": ["connect", "do"],
    "properties": {
      "connect": {"description": "Host and port, as localhost:80.", "type": "string"},
      "do": {
        "description": "What is done in turn, each on all connections.",
        "type": "array",
        "minItems": 1,
        "items": {
          "anyOf": [
            {"enum": ["finish", "closed", "reset", "close"]},
            {
              "type": "object",
              "additionalProperties": false,
              "minProperties": 1,
              "maxProperties": 1,
              "properties": {
                "send": {"description": "Text to send.", "type": ["string", "number"]},
                "send_bytes": {"description": "So many bytes to send; at most 64 MiB.", "$ref": "#/$defs/count"},
                "expect": {"description": "Text that has to come.", "type": ["string", "number"]},
                "receive": {"description": "So many bytes have to come.", "$ref": "#/$defs/count"},
                "hold": {"description": "Leaves the connections alone for so long.", "$ref": "#/$defs/duration"}
              }
            }
          ]
        }
      },
      "connections": {"description": "How many at once, 1 to 100000.", "$ref": "#/$defs/count"},
      "count": {"description": "How many rounds, by default 1; inside `during`, until the other side is done.", "$ref": "#/$defs/count"},
      "send_rate": {"description": "Bytes per second that each connection sends.", "$ref": "#/$defs/count"},
      "receive_rate": {"description": "Bytes per second that each connection takes.", "$ref": "#/$defs/count"},
      "timeout": {"description": "Of everything that waits for the server; by default 10s.", "$ref": "#/$defs/duration"},
      "within": {"description": "A deadline for all of it.", "$ref": "#/$defs/duration"}
    }
  }
})json",
                         "", read};

}  // namespace callgate::scenarios::steps::tcp
