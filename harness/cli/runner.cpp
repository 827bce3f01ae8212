#include "harness/cli/runner.h"

#include "harness/core/closest.h"
#include "runners/record/recorder.h"
#include "runners/runner_kind.h"
#include "runners/tracing_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace callgate::cli {

namespace {

using runners::TrapBackend;

struct ChosenRecorder {
    const runners::RecorderKind* kind = nullptr;
    std::string why_not;  ///< "" where there is one
};

/// The first that works on this host among those that `suits`.
ChosenRecorder choose_recorder(const std::function<bool(const runners::RecorderKind&)>& suits) {
    std::string why;
    for (const auto* kind : runners::recorder_kinds()) {
        if (!suits(*kind)) continue;
        const auto works = kind->probe();
        if (works) return {kind, ""};
        why += fmt::format("{}the recorder '{}': {}", why.empty() ? "" : "; ", kind->name, works.error().message);
    }
    return {nullptr, why};
}

ChosenRunner chosen(const TrapBackend& backend, const std::string& why, Needs needs) {
    const bool usual = &backend == runners::trap_backends().front();
    auto note = usual ? std::string{}
                      : fmt::format("refusals were seen by the trap '{}'{}{}: it {}", backend.name,
                                    why.empty() ? "" : ", because ", why, fmt::join(backend.limits, ", "));
    auto recorder = needs == Needs::trapping_recording
                        ? choose_recorder([](const auto& kind) { return kind.records_confined; })
                        : ChosenRecorder{nullptr, "nobody asked for it"};
    runners::MakeRecorder make;
    if (recorder.kind != nullptr) make = [kind = recorder.kind] { return kind->make(runners::Stacks::unwanted); };
    return {runners::runner_kinds().front()->make(backend, std::move(make)), std::move(note),
            std::move(recorder.why_not)};
}

core::Result<ChosenRunner> named(const std::string& trap, Needs needs) {
    std::vector<std::string> names{"auto"};
    for (const auto* backend : runners::trap_backends()) {
        names.emplace_back(backend->name);
        if (backend->name != trap) continue;
        const auto works = needs != Needs::launching ? backend->probe() : core::Status{};
        if (!works) return core::fail(works.error());
        return chosen(*backend, "", needs);
    }
    return core::fail(fmt::format("no trap backend '{}'; {}", trap, core::suggestion(trap, names)));
}

std::unique_ptr<ports::Runner> recording(runners::MakeRecorder recorder) {
    return runners::runner_kinds().front()->make(*runners::trap_backends().front(), std::move(recorder));
}

std::string why_not_usual(std::span<const std::string> programs) {
    for (const auto& program : programs) {
        if (auto why = runners::why_it_traces(program); !why.empty()) return why;
    }
    return "";
}

}  // namespace

core::Result<AutomaticTrap> automatic_trap(std::span<const std::string> programs) {
    const auto all = runners::trap_backends();
    std::vector<const TrapBackend*> order{all.begin(), all.end()};
    auto why = why_not_usual(programs);
    if (!why.empty()) {
        std::stable_partition(order.begin(), order.end(), [](const TrapBackend* b) { return !b->keeps_from_tracing; });
    }
    core::Status works;
    for (const auto* backend : order) {
        works = backend->probe();
        if (works) return AutomaticTrap{backend, why};
        why = works.error().message;
    }
    return core::fail(works.error());
}

core::Result<ChosenRunner> make_runner(const std::string& trap, Needs needs, std::span<const std::string> programs) {
    if (!trap.empty() && trap != "auto") return named(trap, needs);
    if (needs == Needs::launching) return chosen(*runners::trap_backends().front(), "", needs);
    const auto automatic = automatic_trap(programs);
    if (!automatic) return core::fail(automatic.error());
    return chosen(*automatic->backend, automatic->why, needs);
}

core::Result<RecordingRunner> make_recording_runner(const std::string& recorder) {
    const auto found = choose_recorder([&](const auto& kind) { return recorder == "auto" || recorder == kind.name; });
    if (found.kind == nullptr) return core::fail("nothing here can record system calls: " + found.why_not);
    RecordingRunner made{recording([kind = found.kind] { return kind->make(runners::Stacks::wanted); }),
                         std::string{found.kind->name}, nullptr};
    if (const auto make_for_news = found.kind->make_for_news; make_for_news != nullptr) {
        made.for_news = [make_for_news](std::vector<model::RecordedCall> learnt) {
            return recording([make_for_news, learnt = std::move(learnt)] { return make_for_news(learnt); });
        };
    }
    return made;
}

}  // namespace callgate::cli
