#include "harness/model/mode.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

namespace callgate::model {

namespace {

constexpr std::array<std::pair<Mode, std::string_view>, 4> kModes{{
    {Mode::baseline, "baseline"},
    {Mode::log, "log"},
    {Mode::error, "errno"},
    {Mode::enforce, "enforce"},
}};

/// Larger values are cut by the kernel to MAX_ERRNO (kernel/seccomp.c).
constexpr int kMaxErrno = 4095;

}  // namespace

std::string_view mode_name(Mode mode) {
    for (const auto& [candidate, name] : kModes) {
        if (candidate == mode) return name;
    }
    return "log";
}

std::optional<Mode> mode_from_name(std::string_view name) {
    for (const auto& [mode, candidate] : kModes) {
        if (candidate == name) return mode;
    }
    return std::nullopt;
}

std::vector<Mode> all_modes() {
    std::vector<Mode> modes;
    modes.reserve(kModes.size());
    for (const auto& entry : kModes) modes.push_back(entry.first);
    return modes;
}

int errno_of_refusal(Action action) {
    switch (action.kind) {
        case ActionKind::error:
            return std::min<int>(action.data, kMaxErrno);
        case ActionKind::trace:
        case ActionKind::user_notif:
            return ENOSYS;
        default:
            return EPERM;
    }
}

Decision decide(Mode mode, Action action) {
    if (!refuses(action)) return {};
    switch (mode) {
        case Mode::log:
            return {Decision::Kind::let_through, 0};
        case Mode::error: {
            const bool emulated = action.kind == ActionKind::error || action.kind == ActionKind::trace ||
                                  action.kind == ActionKind::user_notif;
            return emulated ? Decision{Decision::Kind::refuse, errno_of_refusal(action)} : Decision{};
        }
        case Mode::baseline:
        case Mode::enforce:
            return {};
    }
    return {};
}

}  // namespace callgate::model
