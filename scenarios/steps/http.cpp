#include "harness/core/files.h"
#include "harness/ports/read.h"
#include "scenarios/background.h"
#include "scenarios/http/load.h"
#include "scenarios/http/options.h"
#include "scenarios/report.h"
#include "scenarios/step_kind.h"
#include "scenarios/step_reader.h"
#include "scenarios/wait.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace callgate::scenarios::steps::http {

namespace {

using scenarios::http::describe_failures;
using scenarios::http::kLargestBody;
using scenarios::http::LoadLimits;
using scenarios::http::LoadResult;
using scenarios::http::Options;
using scenarios::http::read_options;
using scenarios::http::run_load;

std::string requests_text(std::uint64_t count) {
    return fmt::format("{} request{}", count, count == 1 ? "" : "s");
}

class HttpStep final : public BackgroundStep {
public:
    HttpStep(Options options, std::string name, model::Place place)
        : options_{std::move(options)}, name_{std::move(name)}, place_{std::move(place)} {}

    [[nodiscard]] std::string name() const override { return name_; }

    [[nodiscard]] core::Milliseconds limit() const override {
        return options_.within.count() > 0 ? options_.within : options_.load.timeout;
    }

    [[nodiscard]] std::vector<model::StepResult> run_beside(const ports::StepContext& context,
                                                            core::Cancel& effective) const override {
        Report report{name_, place_};
        LoadLimits limits;
        limits.count = options_.count;
        limits.rate = options_.rate;
        limits.directory = context.directory;
        limits.observe = true;
        if (options_.duration) limits.duration = ports::lasting(context.speed, *options_.duration);
        limits.deadline = deadline_within(context, options_.within);
        limits.cancel = context.cancel.fd();
        limits.enough = context.enough != nullptr ? context.enough->fd() : -1;
        limits.workload_ended = context.workload.leader_ended_fd();
        limits.on_done = [&effective, host = context.host](std::uint64_t done) {
            if (done == 1) effective.request(1);
            if (host != nullptr) host->made_request();
        };
        auto load = options_.load;
        load.timeout = ports::patient(context.speed, load.timeout);
        if (!options_.body_file.empty()) {
            auto body = core::read_file(std::filesystem::path{context.directory} / options_.body_file, kLargestBody);
            if (!body) {
                effective.request(1);
                return report.finish(model::Outcome::setup_failed, body.error().message);
            }
            load.body = std::move(*body);
        }
        const auto result = run_load(load, limits);
        effective.request(1);

        if (!result.setup_problem.empty()) return report.finish(model::Outcome::setup_failed, result.setup_problem);
        if (result.ended == LoadResult::Ended::cancelled) return report.interrupted();
        observe(result, report);
        auto [outcome, message] = judge(result, context);
        return report.finish(outcome, std::move(message), metrics(result));
    }

private:
    [[nodiscard]] std::pair<model::Outcome, std::string> judge(const LoadResult& result,
                                                               const ports::StepContext& context) const {
        using model::Outcome;
        const auto failures = describe(result);
        const auto with_failures = [&](const std::string& text) {
            return failures.empty() ? text : text + "; " + failures;
        };
        // Inside a `during` the other side may well have ended the workload on purpose; the failures tell.
        if (result.ended == LoadResult::Ended::workload_ended && context.enough == nullptr) {
            return {Outcome::workload_failed, with_failures(fmt::format("the workload ended ({}) after {}",
                                                                        model::describe(context.workload.leader_end()),
                                                                        requests_text(result.requests)))};
        }
        if (result.ended == LoadResult::Ended::deadline) {
            const auto wanted = options_.count ? fmt::format(" of {}", *options_.count) : std::string{};
            const auto done = options_.count ? std::to_string(result.requests) : requests_text(result.requests);
            return {Outcome::timed_out, with_failures(fmt::format("{}{} done when the time was up after {}", done,
                                                                  wanted, ports::duration_text(result.elapsed)))};
        }
        if (result.failed > options_.expect.errors) return {Outcome::expectation_missed, failures};
        if (result.requests == 0 && context.enough == nullptr) {
            return {Outcome::expectation_missed, "no request was made, wanted at least one"};
        }
        if (context.speed == ports::Speed::traced) return {Outcome::passed, ""};
        const auto rate = result.requests_per_second();
        if (rate < static_cast<double>(options_.expect.min_rate)) {
            return {Outcome::expectation_missed,
                    fmt::format("{:.1f} requests per second, wanted at least {}", rate, options_.expect.min_rate)};
        }
        for (const auto& [percent, most] : options_.expect.latencies) {
            const auto seen = result.latency.percentile_ms(percent);
            if (seen <= static_cast<double>(most.count())) continue;
            return {Outcome::expectation_missed,
                    fmt::format("{:g} % of the requests took up to {:.1f} ms, wanted at most {}", percent, seen,
                                ports::duration_text(most))};
        }
        return {Outcome::passed, ""};
    }

    void observe(const LoadResult& result, Report& report) const {
        if (!result.statuses.empty()) report.set_latency(result.latency.compact());
        // A port differs from run to run.
        const auto& url = options_.load.url;
        const auto what = fmt::format("of {} {}://{}{}", options_.load.method, url.tls ? "https" : "http",
                                      url.endpoint.host, url.target.substr(0, url.target.find('?')));
        if (!result.bodies.empty()) report.observe("body " + what, result.bodies);
        if (!result.statuses.empty() && !options_.load.status.is_one())
            report.observe("status " + what, result.statuses);
    }

    /// "3 of 812 requests failed: connection reset by peer (2), status 502 (1); wanted status 2xx or 3xx"
    [[nodiscard]] std::string describe(const LoadResult& result) const {
        if (result.failed <= options_.expect.errors) return {};
        auto text = fmt::format("{} of {} failed: {}", result.failed, requests_text(result.requests),
                                describe_failures(result.failures));
        text += fmt::format("; wanted status {}", options_.load.status.text());
        if (!options_.load.body_contains.empty()) {
            text += fmt::format(" with '{}' in the body", options_.load.body_contains);
        }
        if (options_.expect.errors != 0) text += fmt::format(", at most {} failed", options_.expect.errors);
        return text;
    }

    static std::vector<model::Metric> metrics(const LoadResult& result) {
        return {
            {"requests", static_cast<double>(result.requests)},    {"errors", static_cast<double>(result.failed)},
            {"requests_per_second", result.requests_per_second()}, {"latency_p50_ms", result.latency.percentile_ms(50)},
            {"latency_p95_ms", result.latency.percentile_ms(95)},  {"latency_p99_ms", result.latency.percentile_ms(99)},
            {"bytes", static_cast<double>(result.bytes)}};
    }

    Options options_;
    std::string name_;
    model::Place place_;
};

ports::StepPtr read(const StepSource& source, StepReader& reader, core::Diagnostics& diagnostics) {
    const auto problems = error_count(diagnostics);
    auto options = read_options(source.value, reader.in_background(), diagnostics);
    if (error_count(diagnostics) != problems) return nullptr;
    auto name =
        source.name.empty() ? fmt::format("http {} {}", options.load.method, options.load.url.shown()) : source.name;
    return std::make_shared<const HttpStep>(std::move(options), std::move(name), source.place);
}

}  // namespace

extern const StepKind kStepKind;
const StepKind kStepKind{"http", "makes requests, one or very many at once, and looks at the answers", R"json({
  "http": {
    "description": "Makes requests. A URL alone: one request.",
    "anyOf": [
      {"type": "string"},
      {
        "type": "object",
        "additionalProperties": false,
        "required": ["url"],
        "properties": {
          "url": {"description": "http:// or https://", "type": "string"},
          "method": {"description": "By default GET, or POST with a body.", "type": "string"},
          "headers": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
          "body": {"description": "The request's body.", "type": "string"},
          "body_size": {"description": "A body of so many bytes; at most 64 MiB.", "$ref": "#/$defs/count"},
          "body_file": {"description": "A file with the body, at most 64 MiB; from the workload's directory.", "type": "string"},
          "connections": {"description": "Requests under way at once, 1 to 10000; by default 1, with a rate 64.", "$ref": "#/$defs/count"},
          "rate": {"description": "Requests per second, sent when they are due: an open loop.", "$ref": "#/$defs/count"},
          "keep_alive": {"description": "false: a connection for every request.", "type": ["boolean", "string"]},
          "for": {"description": "How long; not with count.", "$ref": "#/$defs/duration"},
          "count": {"description": "How many requests in all, by default 1; inside `during`, until the other side is done.", "$ref": "#/$defs/count"},
          "timeout": {"description": "Of one request, connecting included; by default 10s.", "$ref": "#/$defs/duration"},
          "within": {"description": "A deadline for all of them.", "$ref": "#/$defs/duration"},
          "insecure": {"description": "false: the certificate is verified.", "type": ["boolean", "string"]},
          "tls": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
              "version": {"description": "The only TLS version offered.", "enum": ["1.2", "1.3", 1.2, 1.3]},
              "ciphers": {"$ref": "#/$defs/words"},
              "alpn": {"$ref": "#/$defs/words"},
              "sni": {"description": "The server name that is asked for.", "type": "string"},
              "ca": {"description": "A file with certificates to verify with.", "type": "string"},
              "certificate": {"description": "A file with the client's certificate and its chain.", "type": "string"},
              "key": {"description": "A file with the key of the client's certificate.", "type": "string"}
            }
          },
          "expect": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
              "status": {"$ref": "#/$defs/statuses"},
              "errors": {"description": "So many requests may fail; by default 0.", "$ref": "#/$defs/count"},
              "body": {
                "type": "object",
                "additionalProperties": false,
                "required": ["contains"],
                "properties": {"contains": {"description": "Text in the first MiB of every body.", "type": "string"}}
              },
              "p50": {"description": "Half of the requests take no longer.", "$ref": "#/$defs/duration"},
              "p95": {"description": "95 % of the requests take no longer.", "$ref": "#/$defs/duration"},
              "p99": {"description": "99 % of the requests take no longer.", "$ref": "#/$defs/duration"},
              "min_rate": {"description": "Requests per second, at least.", "$ref": "#/$defs/count"}
            }
          }
        }
      }
    ]
  }
})json",
                         "", read};

}  // namespace callgate::scenarios::steps::http
