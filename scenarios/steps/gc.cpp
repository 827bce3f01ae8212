#include "harness/document/read.h"
#include "harness/ports/read.h"
#include "scenarios/collectors.h"
#include "scenarios/command.h"
#include "scenarios/report.h"
#include "scenarios/step_kind.h"
#include "scenarios/step_reader.h"
#include "scenarios/wait.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callgate::scenarios::steps::gc {

namespace {

using std::chrono::steady_clock;

constexpr std::int64_t kMostTimes = 100'000;
constexpr core::Milliseconds kUsualPause{100};
constexpr core::Milliseconds kUsualTimeout{30'000};
constexpr core::Milliseconds kToBegin{5'000};
constexpr core::Milliseconds kUntilEnough{60'000};

struct Options {
    CollectorSpec how;
    core::Milliseconds every = kUsualPause;
    std::optional<std::int64_t> times = 1;  ///< none: until the other side of a `during` is done
    core::Milliseconds timeout = kUsualTimeout;
    std::optional<core::Milliseconds> expect_within;
};

/// How long the collections took.
class Pauses {
public:
    void add(steady_clock::duration pause) {
        all_.push_back(std::chrono::duration<double, std::milli>(pause).count());
        std::sort(all_.begin(), all_.end());
    }
    [[nodiscard]] std::size_t count() const { return all_.size(); }
    [[nodiscard]] double percentile(std::size_t percent) const {
        return all_.empty() ? 0 : all_[std::min(all_.size() - 1, all_.size() * percent / 100)];
    }
    /// Nothing shows how long a collection takes that a signal asks for.
    [[nodiscard]] std::vector<model::Metric> metrics(bool measured) const {
        std::vector<model::Metric> metrics{{"collections", static_cast<double>(count())}};
        if (!measured || all_.empty()) return metrics;
        metrics.push_back({"latency_p50_ms", percentile(50)});
        metrics.push_back({"latency_p99_ms", percentile(99)});
        metrics.push_back({"latency_max_ms", all_.back()});
        return metrics;
    }

private:
    std::vector<double> all_;
};

class GcStep final : public ports::Step {
public:
    GcStep(Options options, std::string name, model::Place place)
        : options_{std::move(options)}, name_{std::move(name)}, place_{std::move(place)} {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] core::Milliseconds limit() const override {
        const auto times = options_.times.value_or(1);
        // A slow collection is the finding; that all of them are as slow is not waited for.
        const auto series = multiply_limit(options_.every + options_.expect_within.value_or(options_.every), times);
        return add_limits(add_limits(kToBegin, options_.timeout), options_.times ? series : kUntilEnough);
    }

    [[nodiscard]] std::vector<model::StepResult> run(const ports::StepContext& context) const override {
        Report report{name_, place_};
        const auto deadline = own_deadline(context, limit());
        const auto collector = Collector::make(options_.how, context, name_);
        Pauses pauses;
        const auto begun = collector->begin(std::min(deadline, steady_clock::now() + kToBegin));
        if (begun.outcome != model::Outcome::passed) return report.finish(begun.outcome, begun.message);
        auto next = steady_clock::now();
        for (std::int64_t done = 0; !options_.times || done < *options_.times; ++done) {
            if (done > 0) {
                next = std::max(next + options_.every, steady_clock::now());
                const auto woken = wait_until(context, std::min(next, deadline));
                if (woken == Woken::cancelled) return report.interrupted();
                if (woken == Woken::enough) break;
                if (steady_clock::now() >= deadline)
                    return finish(report, model::Outcome::timed_out, late(done), pauses);
            }
            const auto end = context.workload.leader_end();
            if (end.kind != model::ProcessEnd::Kind::running) {
                return finish(report, model::Outcome::workload_failed,
                              fmt::format("the workload ended ({}) before {}", model::describe(end), which(done)),
                              pauses);
            }
            const auto began = steady_clock::now();
            const auto attempt =
                collector->collect(std::min(deadline, began + ports::patient(context.speed, options_.timeout)));
            const auto pause = steady_clock::now() - began;
            if (context.cancel.requested()) return report.interrupted();
            if (attempt.outcome != model::Outcome::passed) {
                return finish(report, attempt.outcome, fmt::format("{}: {}", which(done), attempt.message), pauses);
            }
            pauses.add(pause);
            if (options_.expect_within && pause > ports::patient(context.speed, *options_.expect_within)) {
                return finish(report, model::Outcome::expectation_missed, slow(done, pause, pauses), pauses);
            }
        }
        return finish(report, model::Outcome::passed, "", pauses);
    }

private:
    [[nodiscard]] std::vector<model::StepResult> finish(Report& report, model::Outcome outcome, std::string message,
                                                        const Pauses& pauses) const {
        return report.finish(outcome, std::move(message), pauses.metrics(!options_.how.signal));
    }

    /// "collection 3 of 10".
    [[nodiscard]] std::string which(std::int64_t done) const {
        if (!options_.times) return fmt::format("collection {}", done + 1);
        return *options_.times == 1 ? "the collection" : fmt::format("collection {} of {}", done + 1, *options_.times);
    }

    [[nodiscard]] std::string late(std::int64_t done) const {
        return options_.times ? fmt::format("{} of {} collections done when the time was up", done, *options_.times)
                              : "the time was up before the other side was done";
    }

    [[nodiscard]] std::string slow(std::int64_t done, steady_clock::duration pause, const Pauses& pauses) const {
        const auto took = std::chrono::duration<double, std::milli>(pause).count();
        auto text = fmt::format("{} took {:.0f} ms, wanted: within {}", which(done), took,
                                ports::duration_text(*options_.expect_within));
        if (done > 0)
            text += fmt::format(" (half of all {} took at most {:.0f} ms)", pauses.count(), pauses.percentile(50));
        return text;
    }

    Options options_;
    std::string name_;
    model::Place place_;
};

std::optional<http::LoadSpec> read_url(const document::Node& node, core::Diagnostics& diagnostics) {
    const auto text = document::read_string(node, diagnostics);
    if (!text) return std::nullopt;
    auto url = http::parse_url(*text);
    if (!url) {
        diagnostics.error(node.span, url.error().message);
        return std::nullopt;
    }
    http::LoadSpec request;
    request.url = std::move(*url);
    request.keep_alive = false;
    return request;
}

/// A port of this host, or HOST:PORT.
std::optional<http::Endpoint> read_inspector(const document::Node& node, core::Diagnostics& diagnostics) {
    const auto text = document::read_string(node, diagnostics);
    if (!text) return std::nullopt;
    const auto endpoint = http::parse_endpoint(text->find(':') == std::string::npos ? "127.0.0.1:" + *text : *text);
    if (endpoint && !endpoint->addresses().empty()) return *endpoint;
    diagnostics.error(node.span, fmt::format("'{}' is not a port of an inspector", *text),
                      "a port of this host, as 9229, or ADDRESS:PORT");
    return std::nullopt;
}

std::vector<std::string> read_jcmd(const document::Node& node, core::Diagnostics& diagnostics) {
    auto words = node.kind == document::Node::Kind::sequence
                     ? document::read_strings(node, diagnostics)
                     : std::vector<std::string>{document::read_string(node, diagnostics).value_or("")};
    if (words.empty() || words.front().empty()) {
        diagnostics.error(node.span, "the command for the JVM is empty",
                          "GC.run, or a list as [GC.heap_dump, dump.hprof]");
    }
    return words;
}

void read_how(document::MappingReader& reader, const BuildContext& context, CollectorSpec& how,
              core::Diagnostics& diagnostics) {
    static constexpr std::array<const char*, 4> kWays{"url", "jcmd", "inspector", "signal"};
    int ways = 0;
    for (const std::string key : kWays) {
        const auto* value = reader.optional(key);
        if (value == nullptr) continue;
        if (++ways == 2)
            diagnostics.error(key_span(reader.node(), key),
                              fmt::format("'{}' is a second way: gc has one of url, jcmd, inspector, signal", key));
        if (key == "url") how.url = read_url(*value, diagnostics);
        if (key == "jcmd") how.jcmd = read_jcmd(*value, diagnostics);
        if (key == "inspector") how.inspector = read_inspector(*value, diagnostics);
        if (key == "signal") how.signal = ports::read_signal(*value, diagnostics);
    }
    if (ways == 0 && reader.is_mapping()) {
        diagnostics.error(reader.node().span, "gc has none of 'url', 'jcmd', 'inspector', 'signal'",
                          "say how this workload is made to collect its garbage");
    }
    if (const auto* target = reader.optional("to")) {
        how.target = Target::read(*target, diagnostics);
        if (how.url)
            diagnostics.error(key_span(reader.node(), "to"), "'to' stands beside 'url', which says whom it asks");
    }
    if (!how.jcmd.empty() && !context.search_path.empty() && !find_program("jcmd", context.search_path)) {
        diagnostics.warning(key_span(reader.node(), "jcmd"), missing_program("jcmd", context.search_path));
    }
}

Options read_options(const document::Node& value, StepReader& step_reader, core::Diagnostics& diagnostics) {
    Options options;
    document::MappingReader reader{value, "gc", diagnostics};
    read_how(reader, step_reader.context(), options.how, diagnostics);
    options.every = read_within(reader, "every", kUsualPause, diagnostics);
    options.times = reader.integer("times", 1, kMostTimes);
    if (!options.times && !step_reader.in_background()) options.times = 1;
    options.timeout = read_within(reader, "timeout", kUsualTimeout, diagnostics);
    if (const auto* node = reader.optional("expect")) {
        document::MappingReader expect{*node, "expect", diagnostics};
        if (const auto* within = expect.required("within")) {
            options.expect_within = ports::read_positive_duration(*within, diagnostics);
        }
        expect.finish();
        if (options.how.signal) {
            diagnostics.error(key_span(value, "expect"),
                              "'expect' stands beside 'signal': nothing shows when the collection is over",
                              "use url, jcmd or inspector, or a step `signal` with expect: {log: TEXT}");
        }
    }
    reader.finish();
    return options;
}

std::string usual_name(const CollectorSpec& how) {
    if (how.url) return "gc " + how.url->url.shown();
    if (!how.jcmd.empty()) return "gc jcmd " + how.jcmd.front();
    return how.inspector ? "gc inspector" : "gc " + ports::signal_name(how.signal.value_or(0));
}

ports::StepPtr read(const StepSource& source, StepReader& reader, core::Diagnostics& diagnostics) {
    const auto problems = error_count(diagnostics);
    auto options = read_options(source.value, reader, diagnostics);
    if (error_count(diagnostics) != problems) return nullptr;
    auto name = source.name.empty() ? usual_name(options.how) : source.name;
    return std::make_shared<const GcStep>(std::move(options), std::move(name), source.place);
}

}  // namespace

extern const StepKind kStepKind;
const StepKind kStepKind{"gc", "makes the workload collect its garbage, and looks how long that takes", R"json({
  "gc": {
    "description": "Makes the workload collect its garbage, in one of four ways.",
    "type": "object",
    "additionalProperties": false,
    "oneOf": [{"required": ["url"]}, {"required": ["jcmd"]}, {"required": ["inspector"]}, {"required": ["signal"]}],
    "properties": {
      "url": {"description": "A request that answers with 2xx or 3xx when the collection is over.", "$ref": "#/$defs/text"},
      "jcmd": {
        "description": "A command of a JVM, as GC.run, given with jcmd of the workload's PATH.",
        "anyOf": [{"$ref": "#/$defs/text"}, {"$ref": "#/$defs/command"}]
      },
      "inspector": {"description": "The port of a Node.js inspector; SIGUSR1 opens it where it is not open.", "$ref": "#/$defs/text"},
      "signal": {"description": "A signal at which the workload collects.", "$ref": "#/$defs/signal"},
      "to": {"$ref": "#/$defs/target"},
      "times": {"description": "How often; by default once.", "$ref": "#/$defs/count"},
      "every": {"description": "From the beginning of one to the next, at least; by default 100ms.", "$ref": "#/$defs/duration"},
      "timeout": {"description": "Of one collection; by default 30s.", "$ref": "#/$defs/duration"},
      "expect": {
        "type": "object",
        "additionalProperties": false,
        "required": ["within"],
        "properties": {"within": {"description": "No collection takes longer.", "$ref": "#/$defs/duration"}}
      }
    }
  }
})json",
                         "", read};

}  // namespace callgate::scenarios::steps::gc
