#include "scenarios/background.h"
#include "scenarios/http/load.h"
#include "scenarios/report.h"
#include "scenarios/step_kind.h"
#include "scenarios/step_reader.h"
#include "scenarios/tls/load.h"
#include "scenarios/tls/options.h"
#include "scenarios/wait.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace callgate::scenarios::steps::tls {

namespace {

using scenarios::tls::LoadResult;
using scenarios::tls::Options;

class TlsStep final : public BackgroundStep {
public:
    TlsStep(Options options, std::string name, model::Place place)
        : options_{std::move(options)}, name_{std::move(name)}, place_{std::move(place)} {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] core::Milliseconds limit() const override {
        return options_.within.count() > 0 ? options_.within : options_.timeout;
    }

    [[nodiscard]] std::vector<model::StepResult> run_beside(const ports::StepContext& context,
                                                            core::Cancel& effective) const override {
        using model::Outcome;
        Report report{name_, place_};
        const auto deadline = deadline_within(context, options_.within);
        const auto over = [&] {
            return context.cancel.requested() || (context.enough != nullptr && context.enough->requested());
        };
        auto options = options_;
        options.timeout = ports::patient(context.speed, options.timeout);
        const auto result = run_load(options, context.directory, context.seed + place_.line,
                                     {context.cancel.fd(), deadline}, over, [&effective] { effective.request(1); });
        effective.request(1);
        if (!result.setup_problem.empty()) return report.finish(Outcome::setup_failed, result.setup_problem);
        if (context.cancel.requested()) return report.interrupted();
        auto [outcome, message] = judge(result, context);
        return report.finish(outcome, std::move(message), metrics(result));
    }

private:
    [[nodiscard]] std::pair<model::Outcome, std::string> judge(const LoadResult& result,
                                                               const ports::StepContext& context) const {
        using model::Outcome;
        if (result.failed > 0) {
            auto failures = result.rounds == 1 ? result.failures.begin()->first
                                               : fmt::format("{} of {} rounds failed: {}", result.failed, result.rounds,
                                                             http::describe_failures(result.failures));
            return failed_with(context, std::move(failures));
        }
        if (result.late) {
            return {Outcome::timed_out,
                    fmt::format("{} of {} rounds done when the time was up", result.rounds,
                                options_.count ? std::to_string(*options_.count) : "any number of")};
        }
        return {Outcome::passed, ""};
    }

    static std::vector<model::Metric> metrics(const LoadResult& result) {
        const auto& tally = result.tally;
        return {{"rounds", static_cast<double>(result.rounds)},
                {"errors", static_cast<double>(result.failed)},
                {"handshakes", static_cast<double>(tally.handshakes)},
                {"resumed", static_cast<double>(tally.resumed)},
                {"renegotiated", static_cast<double>(tally.renegotiated)},
                {"key_updates", static_cast<double>(tally.key_updates)},
                {"asked_again", static_cast<double>(tally.asked_again)}};
    }

    Options options_;
    std::string name_;
    model::Place place_;
};

ports::StepPtr read(const StepSource& source, StepReader& reader, core::Diagnostics& diagnostics) {
    const auto problems = error_count(diagnostics);
    auto options = scenarios::tls::read_options(source.value, reader.in_background(), diagnostics);
    if (error_count(diagnostics) != problems) return nullptr;
    auto name = source.name;
    if (name.empty()) {
        std::vector<std::string_view> actions;
        for (const auto action : options.actions) actions.push_back(scenarios::tls::action_name(action));
        name = fmt::format("tls {} {}", fmt::join(actions, ", "), options.endpoint.text());
    }
    return std::make_shared<const TlsStep>(std::move(options), std::move(name), source.place);
}

}  // namespace

extern const StepKind kStepKind;
const StepKind kStepKind{"tls", "does what TLS allows and what it forbids, and looks at how a server takes it", R"json({
  "tls": {
    "type": "object",
    "additionalProperties": false,
    "required": ["connect"],
    "properties": {
      "connect": {"description": "Host and port, as localhost:443.", "type": "string"},
      "do": {
        "description": "What is done in turn; by default a handshake.",
        "anyOf": [
          {"type": "string"},
          {"type": "array", "minItems": 1, "items": {"enum": [
            "handshake", "resume", "renegotiate", "key-update", "key-update-own", "slow-handshake", "half-handshake",
            "alert", "garbage", "bad-record", "close", "cut"
          ]}}
        ]
      },
      "version": {"description": "The only TLS version offered.", "enum": ["1.2", "1.3", 1.2, 1.3]},
      "ciphers": {"$ref": "#/$defs/words"},
      "alpn": {"$ref": "#/$defs/words"},
      "sni": {"description": "The server name that is asked for.", "type": "string"},
      "ca": {"description": "A file with certificates to verify with.", "type": "string"},
      "certificate": {"description": "A file with the client's certificate and its chain.", "type": "string"},
      "key": {"description": "A file with the key of the client's certificate.", "type": "string"},
      "insecure": {"description": "false: the certificate is verified.", "type": ["boolean", "string"]},
      "tickets": {"description": "false: sessions are resumed by their id (TLS 1.2).", "type": ["boolean", "string"]},
      "ocsp": {"description": "true: the status of the certificate is asked for.", "type": ["boolean", "string"]},
      "starttls": {"description": "How TLS is asked for in a connection without it.", "enum": ["postgres"]},
      "send": {"description": "Sent after everything that leaves the connection usable; an answer has to come.", "type": "string"},
      "count": {"description": "How many rounds in all, by default 1; inside `during`, until the other side is done.", "$ref": "#/$defs/count"},
      "connections": {"description": "Clients at once, 1 to 256.", "$ref": "#/$defs/count"},
      "timeout": {"description": "Of each thing that is done; by default 10s.", "$ref": "#/$defs/duration"},
      "pause": {"description": "Between the bytes of a slow handshake; by default 1ms.", "$ref": "#/$defs/duration"},
      "await": {"description": "How long the certificate may still be another one than expected.", "$ref": "#/$defs/duration"},
      "within": {"description": "A deadline for all of it.", "$ref": "#/$defs/duration"},
      "expect": {
        "type": "object",
        "additionalProperties": false,
        "properties": {
          "handshake": {"description": "By default accepted.", "enum": ["accepted", "refused"]},
          "resumption": {"description": "By default accepted.", "enum": ["accepted", "refused"]},
          "renegotiation": {"description": "By default accepted.", "enum": ["accepted", "refused"]},
          "version": {"description": "What is agreed on, as \"1.3\".", "type": ["string", "number"]},
          "alpn": {"description": "What the server chooses; \"\" for nothing.", "type": "string"},
          "ocsp": {"description": "Whether a response comes with the handshake.", "type": ["boolean", "string"]},
          "client_certificate": {"description": "Whether the server asks for one.", "type": ["boolean", "string"]},
          "certificate": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
              "subject": {"description": "Text in the subject of the server's certificate.", "type": "string"},
              "file": {"description": "A file whose first certificate it is.", "type": "string"}
            }
          },
          "answer": {
            "type": "object",
            "additionalProperties": false,
            "required": ["contains"],
            "properties": {"contains": {"description": "Text in the first MiB of what comes back.", "type": "string"}}
          }
        }
      }
    }
  }
})json",
                         "", read};

}  // namespace callgate::scenarios::steps::tls
