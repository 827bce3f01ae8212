#include "runners/record/recorder.h"
#include "runners/runner_kind.h"
#include "runners/trap_backend.h"

#include <array>

namespace callgate::runners {

#define CALLGATE_RUNNER_KIND(name) extern const RunnerKind name##_runner;
#include "runners/runner_kinds.inc"
#undef CALLGATE_RUNNER_KIND
#define CALLGATE_TRAP_BACKEND(name) extern const TrapBackend name##_backend;
#include "runners/trap_backends.inc"
#undef CALLGATE_TRAP_BACKEND
#define CALLGATE_RECORDER_KIND(name) extern const RecorderKind name##_recorder;
#include "runners/recorder_kinds.inc"
#undef CALLGATE_RECORDER_KIND

std::span<const RunnerKind* const> runner_kinds() {
    static constexpr std::array kKinds{
#define CALLGATE_RUNNER_KIND(name) &name##_runner,
#include "runners/runner_kinds.inc"
#undef CALLGATE_RUNNER_KIND
    };
    return kKinds;
}

std::span<const TrapBackend* const> trap_backends() {
    static constexpr std::array kBackends{
#define CALLGATE_TRAP_BACKEND(name) &name##_backend,
#include "runners/trap_backends.inc"
#undef CALLGATE_TRAP_BACKEND
    };
    return kBackends;
}

std::span<const RecorderKind* const> recorder_kinds() {
    static constexpr std::array kKinds{
#define CALLGATE_RECORDER_KIND(name) &name##_recorder,
#include "runners/recorder_kinds.inc"
#undef CALLGATE_RECORDER_KIND
    };
    return kKinds;
}

}  // namespace callgate::runners
