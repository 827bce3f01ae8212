#include "harness/cli/events_file.h"

#include "harness/core/printable.h"
#include "harness/model/mode.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <cmath>
#include <fstream>
#include <utility>

namespace callgate::cli {

namespace {

std::string_view kind_name(model::Event::Kind kind) {
    using Kind = model::Event::Kind;
    switch (kind) {
        case Kind::run_started:
            return "run-started";
        case Kind::case_started:
            return "case-started";
        case Kind::case_progress:
            return "step-started";
        case Kind::case_load:
            return "load";
        case Kind::case_finished:
            return "case-finished";
        case Kind::run_finished:
            break;
    }
    return "run-finished";
}

class EventsFile final : public ports::EventSink {
public:
    EventsFile(std::ofstream out, ports::EventSink& next) : out_{std::move(out)}, next_{next} {}

    void on_event(const model::Event& event) override {
        nlohmann::ordered_json line{{"event", kind_name(event.kind)},
                                    {"at_ms", event.at.count()},
                                    {"case", event.index},
                                    {"cases", event.total},
                                    {"profile", core::printable(event.profile)},
                                    {"mode", model::mode_name(event.mode)},
                                    {"scenario", core::printable(event.scenario)}};
        if (!event.step.empty()) line["step"] = core::printable(event.step);
        if (event.kind == model::Event::Kind::case_load)
            line["requests_per_second"] = std::llround(event.requests_per_second);
        line["refused"] = event.refused;
        if (event.kind == model::Event::Kind::case_finished) line["outcome"] = model::outcome_name(event.outcome);
        out_ << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n' << std::flush;
        next_.on_event(event);
    }

private:
    std::ofstream out_;
    ports::EventSink& next_;
};

}  // namespace

core::Result<std::unique_ptr<ports::EventSink>> events_file(const std::filesystem::path& path, ports::EventSink& next) {
    std::ofstream out{path, std::ios::trunc};
    if (!out) return core::fail(core::system_error(fmt::format("--events: cannot write '{}'", path.string()), errno));
    return std::unique_ptr<ports::EventSink>{std::make_unique<EventsFile>(std::move(out), next)};
}

}  // namespace callgate::cli
