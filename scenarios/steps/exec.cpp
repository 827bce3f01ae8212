#include "harness/document/read.h"
#include "harness/ports/read.h"
#include "scenarios/command.h"
#include "scenarios/report.h"
#include "scenarios/step_kind.h"
#include "scenarios/step_reader.h"
#include "scenarios/wait.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace callgate::scenarios::steps::exec {

namespace {

constexpr core::Milliseconds kUsualWithin{30'000};
constexpr int kLargestExitStatus = 255;

struct Options {
    std::vector<std::string> command;
    core::Milliseconds within = kUsualWithin;
    int exit = 0;
    std::string out;  ///< text that its output must contain
    std::string err;
};

class ExecStep final : public ports::Step {
public:
    ExecStep(Options options, std::string name, model::Place place)
        : options_{std::move(options)}, name_{std::move(name)}, place_{std::move(place)} {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] core::Milliseconds limit() const override { return options_.within; }

    [[nodiscard]] std::vector<model::StepResult> run(const ports::StepContext& context) const override {
        using How = CommandResult::How;
        using model::Outcome;
        Report report{name_, place_};
        const auto result = run_command(context, options_.command, own_deadline(context, options_.within));
        switch (result.how) {
            case How::not_started:
                return report.finish(Outcome::setup_failed, result.problem);
            case How::cancelled:
                return report.interrupted();
            case How::enough:
                return report.finish(Outcome::passed, "");
            case How::timed_out:
                return report.finish(Outcome::timed_out, with_words("did not end in time and was killed", result));
            case How::ended:
                break;
        }
        auto problem = judge(result);
        const auto outcome = problem.empty() ? Outcome::passed : Outcome::expectation_missed;
        return report.finish(outcome, std::move(problem));
    }

private:
    [[nodiscard]] std::string judge(const CommandResult& result) const {
        if (result.end != model::ProcessEnd{model::ProcessEnd::Kind::exited, options_.exit}) {
            return with_words(fmt::format("{}, wanted exit status {}", model::describe(result.end), options_.exit),
                              result);
        }
        if (result.out.find(options_.out) == std::string::npos) {
            return fmt::format("no '{}' in its standard output, which ends with '{}'", options_.out,
                               last_line(result.out));
        }
        if (result.err.find(options_.err) == std::string::npos) {
            return fmt::format("no '{}' in its standard error, which ends with '{}'", options_.err,
                               last_line(result.err));
        }
        return {};
    }

    /// The last words of a program tell most about why it failed.
    static std::string with_words(std::string text, const CommandResult& result) {
        const auto words = last_line(result.err.empty() ? result.out : result.err);
        return words.empty() ? text : fmt::format("{}; its last words: {}", text, words);
    }

    Options options_;
    std::string name_;
    model::Place place_;
};

std::string read_contains(document::MappingReader& expect, std::string_view stream, core::Diagnostics& diagnostics) {
    const auto* node = expect.optional(stream);
    if (node == nullptr) return {};
    document::MappingReader reader{*node, std::string{stream}, diagnostics};
    const auto* text = reader.required("contains");
    reader.finish();
    return text == nullptr ? std::string{} : document::read_string(*text, diagnostics).value_or("");
}

Options read_options(const document::Node& value, const BuildContext& context, core::Diagnostics& diagnostics) {
    Options options;
    if (value.kind == document::Node::Kind::sequence) {
        options.command = read_command(value, context, diagnostics);
        return options;
    }
    document::MappingReader reader{value, "exec", diagnostics};
    if (const auto* command = reader.required("command"))
        options.command = read_command(*command, context, diagnostics);
    options.within = read_within(reader, "within", kUsualWithin, diagnostics);
    if (const auto* node = reader.optional("expect")) {
        document::MappingReader expect{*node, "expect", diagnostics};
        options.exit = static_cast<int>(expect.integer("exit", 0, kLargestExitStatus).value_or(0));
        options.out = read_contains(expect, "stdout", diagnostics);
        options.err = read_contains(expect, "stderr", diagnostics);
        expect.finish();
    }
    reader.finish();
    return options;
}

ports::StepPtr read(const StepSource& source, StepReader& reader, core::Diagnostics& diagnostics) {
    const auto problems = error_count(diagnostics);
    auto options = read_options(source.value, reader.context(), diagnostics);
    if (error_count(diagnostics) != problems || options.command.empty()) return nullptr;
    const auto program = std::filesystem::path{options.command.front()}.filename().string();
    auto name = source.name.empty() ? "exec " + program : source.name;
    return std::make_shared<const ExecStep>(std::move(options), std::move(name), source.place);
}

}  // namespace

extern const StepKind kStepKind;
const StepKind kStepKind{"exec", "runs a program of the plan's own, outside the profile", R"json({
  "exec": {
    "description": "Runs a program in the workload's directory and environment, without the profile. A list alone: its command.",
    "anyOf": [
      {"$ref": "#/$defs/command"},
      {
        "type": "object",
        "additionalProperties": false,
        "required": ["command"],
        "properties": {
          "command": {"$ref": "#/$defs/command"},
          "within": {"description": "It is killed then; by default 30s.", "$ref": "#/$defs/duration"},
          "expect": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
              "exit": {"description": "Exit status; by default 0.", "$ref": "#/$defs/count"},
              "stdout": {
                "type": "object",
                "additionalProperties": false,
                "required": ["contains"],
                "properties": {"contains": {"type": "string"}}
              },
              "stderr": {
                "type": "object",
                "additionalProperties": false,
                "required": ["contains"],
                "properties": {"contains": {"type": "string"}}
              }
            }
          }
        }
      }
    ]
  }
})json",
                         "", read};

}  // namespace callgate::scenarios::steps::exec
