#include "harness/document/read.h"
#include "harness/ports/read.h"
#include "scenarios/report.h"
#include "scenarios/step_kind.h"
#include "scenarios/step_reader.h"

#include <memory>
#include <utility>

namespace callgate::scenarios::steps::restart {

namespace {

struct Options {
    int signal = 0;
    core::Milliseconds within{0};
    core::Milliseconds start_within{0};
};

class RestartStep final : public ports::Step {
public:
    RestartStep(Options options, std::string name, model::Place place)
        : options_{options}, name_{std::move(name)}, place_{std::move(place)} {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] core::Milliseconds limit() const override {
        return add_limits(options_.within, options_.start_within);
    }

    [[nodiscard]] std::vector<model::StepResult> run(const ports::StepContext& context) const override {
        Report report{name_, place_};
        if (context.cancel.requested()) return report.interrupted();
        if (context.host == nullptr) {
            return report.finish(model::Outcome::setup_failed, "nobody here can start the workload again");
        }
        auto [outcome, message] = context.host->restart(options_.signal, options_.within);
        return report.finish(outcome, std::move(message));
    }

private:
    Options options_;
    std::string name_;
    model::Place place_;
};

ports::StepPtr read(const StepSource& source, StepReader& reader, core::Diagnostics& diagnostics) {
    const auto problems = error_count(diagnostics);
    const auto& context = reader.context();
    Options options{context.stop_signal, context.stop_within, context.start_within};
    const auto& value = source.value;
    if (value.kind == document::Node::Kind::scalar) {
        options.signal = ports::read_signal(value, diagnostics).value_or(options.signal);
    } else if (value.kind != document::Node::Kind::null) {  // `restart:` alone says the same as `restart: {}`
        document::MappingReader mapping{value, "restart", diagnostics};
        if (const auto* signal = mapping.optional("signal")) {
            options.signal = ports::read_signal(*signal, diagnostics).value_or(options.signal);
        }
        options.within = read_within(mapping, "within", context.stop_within, diagnostics);
        mapping.finish();
    }
    if (reader.in_background()) {
        diagnostics.error(key_span(source.step, "restart"), "a restart cannot go on beside other steps",
                          "write it below 'do', and what is to go on meanwhile below 'during'");
    }
    if (error_count(diagnostics) != problems) return nullptr;
    auto name = source.name.empty() ? "restart " + ports::signal_name(options.signal) : source.name;
    return std::make_shared<const RestartStep>(options, std::move(name), source.place);
}

}  // namespace

extern const StepKind kStepKind;
const StepKind kStepKind{"restart",
                         "stops the workload, starts it again in the same directory and waits until it is ready",
                         R"json({
  "restart": {
    "description": "Stops the workload and starts it again. A signal alone, or nothing: as the workload's own `stop` says.",
    "anyOf": [
      {"type": "null"},
      {"$ref": "#/$defs/signal"},
      {
        "type": "object",
        "additionalProperties": false,
        "properties": {
          "signal": {"description": "By default that of the workload's `stop`.", "$ref": "#/$defs/signal"},
          "within": {"description": "It ends by then; by default that of the workload's `stop`.", "$ref": "#/$defs/duration"}
        }
      }
    ]
  }
})json",
                         "", read};

}  // namespace callgate::scenarios::steps::restart
