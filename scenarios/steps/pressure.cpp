#include "harness/document/read.h"
#include "harness/ports/read.h"
#include "scenarios/report.h"
#include "scenarios/sequence.h"
#include "scenarios/step_kind.h"
#include "scenarios/step_reader.h"
#include "scenarios/strain.h"
#include "scenarios/wait.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callgate::scenarios::steps::pressure {

namespace {

using ports::Shortage;

constexpr std::int64_t kMostOfAny = 1'000'000;
constexpr std::int64_t kMostThreads = 256;
constexpr std::int64_t kNicest = 19;
/// For setting up and putting back.
constexpr core::Milliseconds kRoom{5'000};

struct Disk {
    std::string path;
    std::uint64_t leave = 0;
};

struct Options {
    std::vector<Shortage> shortages;
    std::optional<Disk> disk;
    std::size_t threads = 0;
    std::vector<ports::StepPtr> steps;
};

/// All that the workload is short of, until it goes.
class Pressure {
public:
    /// "", or why it cannot be.
    std::string apply(const Options& options, const ports::StepContext& context) {
        for (const auto& shortage : options.shortages) {
            auto squeezed = context.workload.squeeze(shortage);
            if (!squeezed) return squeezed.error().message;
            squeezes_.push_back(std::move(*squeezed));
        }
        if (options.disk) {
            auto filler = Filler::make(context.directory, options.disk->path, options.disk->leave);
            if (!filler) return filler.error().message;
            filler_ = std::move(*filler);
        }
        if (options.threads > 0) busy_ = std::make_unique<BusyThreads>(options.threads);
        return {};
    }

    [[nodiscard]] std::vector<model::Metric> felt() const {
        std::vector<model::Metric> metrics;
        for (const auto& squeeze : squeezes_) {
            auto some = squeeze->felt();
            metrics.insert(metrics.end(), some.begin(), some.end());
        }
        return metrics;
    }

    /// "", or what could not be put back.
    std::string lift() {
        busy_.reset();
        filler_.reset();
        std::vector<std::string> problems;
        while (!squeezes_.empty()) {
            const auto lifted = squeezes_.back()->lift();
            if (!lifted) problems.push_back(lifted.error().message);
            squeezes_.pop_back();
        }
        return fmt::format("{}", fmt::join(problems, "; "));
    }

private:
    std::vector<std::unique_ptr<ports::Squeeze>> squeezes_;
    std::unique_ptr<Filler> filler_;
    std::unique_ptr<BusyThreads> busy_;
};

class PressureStep final : public ports::Step {
public:
    PressureStep(Options options, std::string name, model::Place place)
        : options_{std::move(options)}, name_{std::move(name)}, place_{std::move(place)} {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] core::Milliseconds limit() const override { return add_limits(sum_of_limits(options_.steps), kRoom); }

    [[nodiscard]] std::vector<model::StepResult> run(const ports::StepContext& context) const override {
        using model::Outcome;
        Report report{name_, place_};
        Pressure pressure;
        if (auto problem = pressure.apply(options_, context); !problem.empty()) {
            return report.finish(Outcome::setup_failed, std::move(problem));
        }
        report.add(run_in_turn(options_.steps, context));
        auto metrics = pressure.felt();
        const auto left = pressure.lift();
        if (context.cancel.requested()) return report.interrupted();
        if (left.empty() || !all_passed(report.nested())) return report.finish(std::move(metrics));
        return report.finish(Outcome::setup_failed, "the pressure does not end: " + left, std::move(metrics));
    }

private:
    Options options_;
    std::string name_;
    model::Place place_;
};

/// A number, or {leave: NUMBER}.
void read_count(const document::Node& node, Shortage::Kind kind, std::string_view key, Options& options,
                core::Diagnostics& diagnostics) {
    Shortage shortage{kind, 0, false};
    std::optional<std::int64_t> amount;
    if (node.kind == document::Node::Kind::mapping) {
        document::MappingReader reader{node, std::string{key}, diagnostics};
        shortage.left = true;
        if (const auto* leave = reader.required("leave")) {
            amount = document::read_integer(*leave, 0, kMostOfAny, diagnostics);
        }
        reader.finish();
    } else {
        amount = document::read_integer(node, 1, kMostOfAny, diagnostics);
    }
    shortage.amount = static_cast<std::uint64_t>(amount.value_or(1));
    options.shortages.push_back(shortage);
}

Disk read_disk(const document::Node& node, core::Diagnostics& diagnostics) {
    Disk disk;
    const auto* path = &node;
    std::optional<document::MappingReader> reader;
    if (node.kind == document::Node::Kind::mapping) {
        reader.emplace(node, "disk", diagnostics);
        path = reader->required("path");
        const auto* leave = reader->optional("leave");
        if (leave != nullptr && leave->scalar != "0") disk.leave = ports::read_size(*leave, diagnostics).value_or(0);
        reader->finish();
    }
    if (path == nullptr) return disk;
    disk.path = document::read_string(*path, diagnostics).value_or("");
    if (disk.path.empty() && path->kind == document::Node::Kind::scalar) {
        diagnostics.error(path->span, "the path of the disk is empty", "a directory of the workload that is a tmpfs");
    }
    return disk;
}

Options read_options(const document::Node& value, StepReader& step_reader, core::Diagnostics& diagnostics) {
    Options options;
    document::MappingReader reader{value, "pressure", diagnostics};
    int kinds = 0;
    const auto given = [&](std::string_view key) {
        const auto* node = reader.optional(key);
        if (node != nullptr) ++kinds;
        return node;
    };
    if (const auto* memory = given("memory")) {
        options.shortages.push_back(
            {Shortage::Kind::memory, ports::read_size(*memory, diagnostics).value_or(1), false});
    }
    if (const auto* memory = given("memory_high")) {
        const auto size = ports::read_size(*memory, diagnostics).value_or(1);
        options.shortages.push_back({Shortage::Kind::slow_memory, size, false});
        if (value.find("memory") != nullptr) {
            diagnostics.error(key_span(value, "memory_high"), "'memory_high' stands beside 'memory': one or the other");
        }
    }
    if (const auto* files = given("files")) read_count(*files, Shortage::Kind::files, "files", options, diagnostics);
    if (const auto* processes = given("processes")) {
        read_count(*processes, Shortage::Kind::processes, "processes", options, diagnostics);
    }
    if (const auto* disk = given("disk")) options.disk = read_disk(*disk, diagnostics);
    if (const auto* cpu = given("cpu")) {
        options.threads =
            static_cast<std::size_t>(document::read_integer(*cpu, 1, kMostThreads, diagnostics).value_or(1));
    }
    if (const auto* nice = given("nice")) {
        const auto added = document::read_integer(*nice, 1, kNicest, diagnostics).value_or(1);
        options.shortages.push_back({Shortage::Kind::niceness, static_cast<std::uint64_t>(added), false});
    }
    if (kinds == 0 && reader.is_mapping()) {
        diagnostics.error(value.span,
                          "pressure has none of 'memory', 'memory_high', 'files', 'processes', 'disk', 'cpu', 'nice'",
                          "say what the workload is short of, as memory: 64MiB");
    }
    if (const auto* steps = reader.required("do")) options.steps = step_reader.steps(*steps);
    reader.finish();
    return options;
}

/// "memory 64MiB, files 4 left".
std::string describe(const Options& options) {
    static constexpr std::array<std::string_view, 5> kNames{"memory", "memory_high", "files", "processes", "nice"};
    std::vector<std::string> all;
    for (const auto& shortage : options.shortages) {
        const bool bytes = shortage.kind == Shortage::Kind::memory || shortage.kind == Shortage::Kind::slow_memory;
        all.push_back(fmt::format("{} {}{}", kNames.at(static_cast<std::size_t>(shortage.kind)),
                                  bytes ? ports::size_text(shortage.amount) : std::to_string(shortage.amount),
                                  shortage.left ? " left" : ""));
    }
    if (options.disk) all.push_back("disk " + options.disk->path);
    if (options.threads > 0) all.push_back(fmt::format("cpu {}", options.threads));
    return fmt::format("{}", fmt::join(all, ", "));
}

ports::StepPtr read(const StepSource& source, StepReader& reader, core::Diagnostics& diagnostics) {
    const auto problems = error_count(diagnostics);
    auto options = read_options(source.value, reader, diagnostics);
    if (error_count(diagnostics) != problems) return nullptr;
    auto name = source.name.empty() ? "pressure " + describe(options) : source.name;
    return std::make_shared<const PressureStep>(std::move(options), std::move(name), source.place);
}

}  // namespace

extern const StepKind kStepKind;
const StepKind kStepKind{
    "pressure", "does steps while the workload is short of memory, descriptors, processes, disk or processor time",
    R"json({
  "pressure": {
    "description": "The workload is short of something while the steps below `do` are done; everything is put back afterwards.",
    "type": "object",
    "additionalProperties": false,
    "required": ["do"],
    "minProperties": 2,
    "properties": {
      "memory": {"description": "So much more than it has, as 64MiB; beyond that the kernel reclaims and then kills. Needs a control group.", "$ref": "#/$defs/size"},
      "memory_high": {"description": "The same, but beyond it the kernel slows the workload down; cgroup v2 only.", "$ref": "#/$defs/size"},
      "files": {"description": "Descriptors per process, or {leave: N} besides those that are open.", "$ref": "#/$defs/shortage"},
      "processes": {"description": "Processes and threads, or {leave: N} besides those there are.", "$ref": "#/$defs/shortage"},
      "disk": {
        "description": "A directory of the workload that is a tmpfs (see files): it is filled.",
        "anyOf": [
          {"type": "string", "minLength": 1},
          {
            "type": "object",
            "additionalProperties": false,
            "required": ["path"],
            "properties": {
              "path": {"type": "string", "minLength": 1},
              "leave": {"description": "What is left free; by default nothing.", "anyOf": [{"enum": [0, "0"]}, {"$ref": "#/$defs/size"}]}
            }
          }
        ]
      },
      "cpu": {"description": "So many threads of callgate take processor time.", "$ref": "#/$defs/count"},
      "nice": {"description": "Added to the nice value of every thread of the workload; needs root.", "$ref": "#/$defs/count"},
      "do": {"$ref": "#/$defs/steps"}
    }
  }
})json",
    "", read};

}  // namespace callgate::scenarios::steps::pressure
