#include "scenarios/readiness.h"

#include "harness/document/read.h"
#include "harness/ports/read.h"
#include "scenarios/probes.h"
#include "scenarios/report.h"
#include "scenarios/step_reader.h"
#include "scenarios/wait.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>

namespace callgate::scenarios {

namespace {

using document::MappingReader;
using document::Node;

/// Between two questions; a process costs more than a connection.
constexpr core::Milliseconds kPause{10};
constexpr core::Milliseconds kPauseBetweenCommands{50};
/// One unanswered question must not use up all the time there is.
constexpr core::Milliseconds kOneQuestion{2'000};

struct Probe {
    std::string what;  ///< "http://127.0.0.1:8080/"
    core::Milliseconds pause = kPause;
    std::function<std::string(const ports::StepContext&, core::SteadyTime)> ask;
};

class ReadinessStep final : public ports::Step {
public:
    ReadinessStep(Probe probe, core::Milliseconds within, std::string name, model::Place place)
        : probe_{std::move(probe)}, within_{within}, name_{std::move(name)}, place_{std::move(place)} {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] core::Milliseconds limit() const override { return within_; }

    [[nodiscard]] std::vector<model::StepResult> run(const ports::StepContext& context) const override {
        using model::Outcome;
        Report report{name_, place_};
        const auto began = std::chrono::steady_clock::now();
        const auto deadline = own_deadline(context, within_);
        std::string seen;
        while (true) {
            const auto now = std::chrono::steady_clock::now();
            auto answer = probe_.ask(context, std::min(deadline, now + ports::patient(context.speed, kOneQuestion)));
            // A cut short question knows less than the one before.
            if (answer.empty() || seen.empty() || std::chrono::steady_clock::now() < deadline) seen = std::move(answer);
            if (context.cancel.requested()) return report.interrupted();
            if (seen.empty()) return report.finish(Outcome::passed, "");
            switch (wait_until(context, std::min(deadline, std::chrono::steady_clock::now() + probe_.pause))) {
                case Woken::cancelled:
                    return report.interrupted();
                case Woken::enough:
                    return report.finish(Outcome::passed, "");
                case Woken::workload_ended:
                    return report.finish(
                        Outcome::workload_failed,
                        fmt::format("the workload ended ({}) before {} was ready: {}",
                                    model::describe(context.workload.leader_end()), probe_.what, seen));
                case Woken::deadline:
                    break;
            }
            if (std::chrono::steady_clock::now() >= deadline) {
                const auto waited = std::chrono::round<core::Milliseconds>(deadline - began);
                return report.finish(Outcome::expectation_missed, fmt::format("{} not ready within {}: {}", probe_.what,
                                                                              ports::duration_text(waited), seen));
            }
        }
    }

private:
    Probe probe_;
    core::Milliseconds within_;
    std::string name_;
    model::Place place_;
};

std::optional<Probe> read_http(const Node& node, const Node* status, core::Diagnostics& diagnostics) {
    const auto text = document::read_string(node, diagnostics);
    const auto wanted = status == nullptr ? http::StatusSet{} : http::StatusSet::read(*status, diagnostics);
    if (!text || !wanted) return std::nullopt;
    auto url = http::parse_url(*text);
    if (!url) {
        diagnostics.error(node.span, url.error().message);
        return std::nullopt;
    }
    http::LoadSpec spec;
    spec.url = std::move(*url);
    spec.status = *wanted;
    spec.keep_alive = false;
    spec.timeout = kOneQuestion;
    return Probe{spec.url.shown(), kPause, [spec](const ports::StepContext& context, core::SteadyTime deadline) {
                     auto asked = spec;
                     asked.timeout = ports::patient(context.speed, spec.timeout);
                     auto seen = probe_http(asked, context, deadline);
                     const bool status_seen = seen.starts_with("status ");
                     return status_seen ? fmt::format("{}, wanted {}", seen, spec.status.text()) : seen;
                 }};
}

std::optional<Probe> read_tcp(const Node& node, core::Diagnostics& diagnostics) {
    const auto endpoint = http::read_endpoint(node, diagnostics);
    if (!endpoint) return std::nullopt;
    return Probe{endpoint->text(), kPause,
                 [endpoint = *endpoint](const ports::StepContext& context, core::SteadyTime deadline) {
                     return probe_tcp(endpoint, context, deadline);
                 }};
}

std::optional<Probe> read_log(const Node& node, core::Diagnostics& diagnostics) {
    const auto text = document::read_string(node, diagnostics);
    if (!text) return std::nullopt;
    if (text->empty()) {
        diagnostics.error(node.span, "an empty text stands in every log");
        return std::nullopt;
    }
    return Probe{"the workload", kPause, [text = *text](const ports::StepContext& context, core::SteadyTime) {
                     return probe_log(text, context);
                 }};
}

std::optional<Probe> read_exec(const Node& node, const BuildContext& context, core::Diagnostics& diagnostics) {
    auto command = read_command(node, context, diagnostics);
    if (command.empty()) return std::nullopt;
    return Probe{"the workload", kPauseBetweenCommands,
                 [command](const ports::StepContext& step, core::SteadyTime deadline) {
                     return probe_exec(command, step, deadline);
                 }};
}

}  // namespace

ports::StepPtr read_readiness(const Node& node, const BuildContext& context, core::Diagnostics& diagnostics,
                              const std::string& name, const std::optional<model::Place>& place) {
    const auto problems = error_count(diagnostics);
    MappingReader reader{node, "ready", diagnostics};
    std::optional<Probe> probe;
    std::string kind;
    const Node* status = nullptr;
    for (const std::string key : {"http", "tcp", "log", "exec"}) {
        const auto* value = reader.optional(key);
        if (key == "http") status = reader.optional("status");
        if (value == nullptr) continue;
        if (!kind.empty()) {
            diagnostics.error(key_span(node, key),
                              fmt::format("'{}' stands beside '{}': ready has one or the other", key, kind),
                              "ask for what says most: a page more than a port");
            continue;
        }
        kind = key;
        if (key == "http") probe = read_http(*value, status, diagnostics);
        if (key == "tcp") probe = read_tcp(*value, diagnostics);
        if (key == "log") probe = read_log(*value, diagnostics);
        if (key == "exec") probe = read_exec(*value, context, diagnostics);
    }
    const auto within = read_within(reader, "within", context.ready_within, diagnostics);
    if (kind.empty() && reader.is_mapping()) {
        diagnostics.error(node.span, "ready has none of 'http', 'tcp', 'log', 'exec'",
                          "a page says more than an open port");
    } else if (status != nullptr && kind != "http") {
        diagnostics.error(key_span(node, "status"), "'status' stands without 'http'");
    }
    reader.finish();
    if (!probe || error_count(diagnostics) != problems) return nullptr;
    auto shown = name.empty() ? fmt::format("ready {}", kind == "http" || kind == "tcp" ? probe->what : kind) : name;
    return std::make_shared<const ReadinessStep>(std::move(*probe), within, std::move(shown),
                                                 place.value_or(ports::place_of(node.span)));
}

}  // namespace callgate::scenarios
