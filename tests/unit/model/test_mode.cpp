#include "harness/model/mode.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cerrno>

namespace callgate::model {

namespace {

constexpr Decision kNative{};
constexpr Decision kThrough{Decision::Kind::let_through, 0};

constexpr Decision refused_with(int error) {
    return {Decision::Kind::refuse, error};
}

}  // namespace

TEST_CASE("each mode decides on each action", "[model]") {
    constexpr std::uint16_t kCookie = 42;
    const auto [action, log, error] = GENERATE(table<Action, Decision, Decision>({
        {{ActionKind::kill_process, 0}, kThrough, kNative},
        {{ActionKind::kill_thread, 0}, kThrough, kNative},
        {{ActionKind::trap, kCookie}, kThrough, kNative},
        {{ActionKind::error, EACCES}, kThrough, refused_with(EACCES)},
        {{ActionKind::error, 0}, kThrough, refused_with(0)},
        {{ActionKind::error, 4095}, kThrough, refused_with(4095)},
        {{ActionKind::error, 4096}, kThrough, refused_with(4095)},
        {{ActionKind::error, 65535}, kThrough, refused_with(4095)},
        {{ActionKind::user_notif, kCookie}, kThrough, refused_with(ENOSYS)},
        {{ActionKind::trace, kCookie}, kThrough, refused_with(ENOSYS)},
        {{ActionKind::log, 0}, kNative, kNative},
        {{ActionKind::allow, kCookie}, kNative, kNative},
    }));
    INFO(describe(action));
    CHECK(decide(Mode::log, action) == log);
    CHECK(decide(Mode::error, action) == error);
    CHECK(decide(Mode::enforce, action) == kNative);
    CHECK(decide(Mode::baseline, action) == kNative);
}

TEST_CASE("a call that is never let through fails as its action says, else with EPERM", "[model]") {
    const auto [action, error] = GENERATE(table<Action, int>({
        {{ActionKind::error, ENOENT}, ENOENT},
        {{ActionKind::error, 0}, 0},
        {{ActionKind::error, 4096}, 4095},
        {{ActionKind::trace, 7}, ENOSYS},
        {{ActionKind::user_notif, 7}, ENOSYS},
        {{ActionKind::trap, 7}, EPERM},
        {{ActionKind::kill_thread, 0}, EPERM},
        {{ActionKind::kill_process, 0}, EPERM},
    }));
    CHECK(errno_of_refusal(action) == error);
}

TEST_CASE("modes are named and found by name", "[model]") {
    const auto [mode, name] = GENERATE(table<Mode, std::string>({
        {Mode::baseline, "baseline"},
        {Mode::log, "log"},
        {Mode::error, "errno"},
        {Mode::enforce, "enforce"},
    }));
    CHECK(mode_name(mode) == name);
    CHECK(mode_from_name(name) == mode);
    const auto all = all_modes();
    CHECK(std::count(all.begin(), all.end(), mode) == 1);
    CHECK(all.size() == 4);
}

TEST_CASE("what is no mode's name is none", "[model]") {
    const auto name = GENERATE("", "error", "Log", "log ", "audit");
    CHECK_FALSE(mode_from_name(name).has_value());
}

}  // namespace callgate::model
