#include "harness/document/read.h"
#include "harness/ports/read.h"
#include "harness/ports/user.h"
#include "scenarios/command.h"
#include "scenarios/report.h"
#include "scenarios/step_kind.h"
#include "scenarios/step_reader.h"
#include "scenarios/wait.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callgate::scenarios::steps::exec {

namespace {

constexpr core::Milliseconds kUsualWithin{30'000};
constexpr int kLargestExitStatus = 255;

/// What one stream must hold, and what not.
struct Words {
    std::vector<std::string> contains;
    std::vector<std::string> absent;

    /// "", or what is wrong with `text`; `stream` names it.
    [[nodiscard]] std::string judge(std::string_view text, std::string_view stream) const {
        for (const auto& word : contains) {
            if (text.find(word) != std::string_view::npos) continue;
            return fmt::format("no '{}' in its {}, which ends with '{}'", word, stream, last_line(text));
        }
        for (const auto& word : absent) {
            const auto at = text.find(word);
            if (at == std::string_view::npos) continue;
            const auto line = text.substr(0, text.find('\n', at + word.size()));
            return fmt::format("'{}' in its {}: {}", word, stream, last_line(line));
        }
        return {};
    }
};

struct Options {
    std::vector<std::string> command;
    core::Milliseconds within = kUsualWithin;
    std::vector<int> exit{0};  ///< any of them is fine
    Words out;
    Words err;
    std::optional<ports::Identity> user;
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
        auto as_user = context;
        if (options_.user) as_user.identity = &*options_.user;
        const auto result = run_command(as_user, options_.command, own_deadline(context, options_.within));
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
        const bool exited = result.end.kind == model::ProcessEnd::Kind::exited;
        const auto& fine = options_.exit;
        if (!exited || std::find(fine.begin(), fine.end(), result.end.value) == fine.end()) {
            return with_words(
                fmt::format("{}, wanted exit status {}", model::describe(result.end), fmt::join(fine, " or ")), result);
        }
        auto problem = options_.out.judge(result.out, "standard output");
        return problem.empty() ? options_.err.judge(result.err, "standard error") : problem;
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

/// A text, or a list of them.
std::vector<std::string> read_texts(const document::Node& node, core::Diagnostics& diagnostics) {
    if (node.kind == document::Node::Kind::sequence) return document::read_strings(node, diagnostics);
    const auto text = document::read_string(node, diagnostics);
    return text ? std::vector{*text} : std::vector<std::string>{};
}

Words read_words(document::MappingReader& expect, std::string_view stream, core::Diagnostics& diagnostics) {
    Words words;
    const auto* node = expect.optional(stream);
    if (node == nullptr) return words;
    document::MappingReader reader{*node, std::string{stream}, diagnostics};
    const auto* contains = reader.optional("contains");
    const auto* absent = reader.optional("absent");
    if (contains != nullptr) words.contains = read_texts(*contains, diagnostics);
    if (absent != nullptr) words.absent = read_texts(*absent, diagnostics);
    if (std::find(words.absent.begin(), words.absent.end(), "") != words.absent.end()) {
        diagnostics.error(absent->span, "an empty text stands in every output");
    }
    if (contains == nullptr && absent == nullptr && reader.is_mapping()) {
        diagnostics.error(node->span, fmt::format("{} has none of 'contains', 'absent'", stream));
    }
    reader.finish();
    return words;
}

/// A status, or a list of them.
std::vector<int> read_exit(const document::Node& node, core::Diagnostics& diagnostics) {
    std::vector<int> statuses;
    const auto add = [&](const document::Node& item) {
        const auto status = document::read_integer(item, 0, kLargestExitStatus, diagnostics);
        if (status) statuses.push_back(static_cast<int>(*status));
    };
    if (node.kind != document::Node::Kind::sequence) {
        add(node);
        return statuses;
    }
    if (node.items.empty()) diagnostics.error(node.span, "the list of exit statuses is empty");
    for (const auto& item : node.items) add(item);
    return statuses;
}

/// A user that this host does not have is an error: as whom else should it run?
std::optional<ports::Identity> read_user(const document::Node& node, core::Diagnostics& diagnostics) {
    const auto name = document::read_string(node, diagnostics);
    if (!name) return std::nullopt;
    auto user = ports::find_user(*name);
    if (user) return std::move(*user);
    diagnostics.error(node.span, user.error().message);
    return std::nullopt;
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
    if (const auto* user = reader.optional("user")) options.user = read_user(*user, diagnostics);
    if (const auto* node = reader.optional("expect")) {
        document::MappingReader expect{*node, "expect", diagnostics};
        if (const auto* exit = expect.optional("exit")) options.exit = read_exit(*exit, diagnostics);
        options.out = read_words(expect, "stdout", diagnostics);
        options.err = read_words(expect, "stderr", diagnostics);
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
          "user": {"description": "Whom it runs as; by default the workload's user. Needs root.", "type": "string", "minLength": 1},
          "expect": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
              "exit": {
                "description": "Exit status, or a list of those that are fine; by default 0.",
                "anyOf": [
                  {"$ref": "#/$defs/count"},
                  {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/count"}}
                ]
              },
              "stdout": {"$ref": "#/$defs/words"},
              "stderr": {"$ref": "#/$defs/words"}
            }
          }
        }
      }
    ]
  }
})json",
                         "", read};

}  // namespace callgate::scenarios::steps::exec
