#include "runners/trap/restarts.h"

#include <catch2/catch.hpp>

#include <cerrno>
#include <cstdint>

namespace callgate::runners {

namespace {

constexpr std::uint32_t kArch = 0xC000003E;  // AUDIT_ARCH_X86_64
constexpr std::uint64_t kStack = 0x7ffd1000;
constexpr std::uint64_t kHandlerStack = 0x7ffd0800;

// include/linux/errno.h
constexpr std::int64_t kRestartSys = -512;
constexpr std::int64_t kRestartNoIntr = -513;
constexpr std::int64_t kRestartNoHand = -514;

model::Call call(std::int32_t nr, std::uint64_t first_argument = 0) {
    return {nr, kArch, 0x401000, {first_argument}};
}

model::Call native(const char* name) {
    return call(model::syscall_number(model::Arch{kArch}, name).value());
}

/// A call that a signal interrupted: it was let through and came back with `how`.
void interrupt(Restarts& restarts, const model::Call& what, std::uint64_t stack, std::int64_t how, bool caught) {
    restarts.entered(what, stack);
    restarts.returned(how);
    restarts.interrupted(caught);
}

}  // namespace

TEST_CASE("a call that nothing interrupted is a new call each time", "[runners]") {
    Restarts restarts;
    CHECK_FALSE(restarts.is_restart(call(0), kStack));
    const auto result = GENERATE(std::int64_t{0}, std::int64_t{17}, std::int64_t{-EINTR}, std::int64_t{-515});
    restarts.entered(call(0), kStack);
    restarts.returned(result);
    CHECK_FALSE(restarts.is_restart(call(0), kStack));
}

TEST_CASE("what the kernel enters again after a signal is no new call, once", "[runners]") {
    const auto [how, caught, folded] = GENERATE(table<std::int64_t, bool, bool>({
        {kRestartSys, false, true},
        {kRestartSys, true, true},  // a handler with SA_RESTART
        {kRestartNoIntr, false, true},
        {kRestartNoIntr, true, true},
        {kRestartNoHand, false, true},  // stopped and continued, or a signal that is ignored
        {kRestartNoHand, true, false},  // EINTR: whoever calls again does so itself
    }));
    Restarts restarts;
    interrupt(restarts, call(0, 3), kStack, how, caught);
    CHECK(restarts.is_restart(call(0, 3), kStack) == folded);
    CHECK_FALSE(restarts.is_restart(call(0, 3), kStack));
}

TEST_CASE("a restart has the same call, arguments and stack", "[runners]") {
    const auto [nr, argument, stack] = GENERATE(table<std::int32_t, std::uint64_t, std::uint64_t>({
        {1, 3, kStack},
        {0, 4, kStack},
        {0, 3, kStack - 16},
    }));
    Restarts restarts;
    interrupt(restarts, call(0, 3), kStack, kRestartSys, true);
    CHECK_FALSE(restarts.is_restart(call(nr, argument), stack));
    CHECK(restarts.is_restart(call(0, 3), kStack));
}

TEST_CASE("a restarted call that is interrupted again is restarted again", "[runners]") {
    Restarts restarts;
    interrupt(restarts, call(0), kStack, kRestartSys, true);
    for (int i = 0; i < 3; ++i) {
        REQUIRE(restarts.is_restart(call(0), kStack));
        restarts.returned(kRestartSys);  // a restart is not entered() as a new call
        restarts.interrupted(true);
    }
    REQUIRE(restarts.is_restart(call(0), kStack));
    restarts.returned(5);
    CHECK_FALSE(restarts.is_restart(call(0), kStack));
}

TEST_CASE("a handler's own call is new and the interrupted one is folded after it", "[runners]") {
    Restarts restarts;
    interrupt(restarts, call(0), kStack, kRestartSys, true);
    CHECK_FALSE(restarts.is_restart(call(1), kHandlerStack));
    restarts.entered(call(1), kHandlerStack);
    restarts.returned(4);
    CHECK(restarts.is_restart(call(0), kStack));
}

TEST_CASE("the same call made by a handler is new", "[runners]") {
    Restarts restarts;
    interrupt(restarts, call(0), kStack, kRestartSys, true);
    CHECK_FALSE(restarts.is_restart(call(0), kHandlerStack));
    restarts.entered(call(0), kHandlerStack);
    restarts.returned(1);
    CHECK(restarts.is_restart(call(0), kStack));
}

TEST_CASE("a handler that is interrupted too is restarted before what it interrupted", "[runners]") {
    Restarts restarts;
    interrupt(restarts, call(0), kStack, kRestartSys, true);
    interrupt(restarts, call(1), kHandlerStack, kRestartSys, true);
    CHECK(restarts.is_restart(call(1), kHandlerStack));
    restarts.returned(1);
    CHECK(restarts.is_restart(call(0), kStack));
    restarts.returned(1);
    CHECK_FALSE(restarts.is_restart(call(0), kStack));
}

TEST_CASE("a handler that never comes back takes what it interrupted inside with it", "[runners]") {
    Restarts restarts;
    interrupt(restarts, call(0), kStack, kRestartSys, true);
    interrupt(restarts, call(1), kHandlerStack, kRestartSys, true);
    CHECK(restarts.is_restart(call(0), kStack));  // siglongjmp out of the inner one
    CHECK_FALSE(restarts.is_restart(call(1), kHandlerStack));
}

TEST_CASE("restart_syscall stands for a call that counts its time", "[runners]") {
    const auto again = native("restart_syscall");
    Restarts restarts;
    interrupt(restarts, native("nanosleep"), kStack, kRestartBlock, false);
    CHECK_FALSE(restarts.is_restart(native("nanosleep"), kStack));  // a second sleep of its own
    CHECK_FALSE(restarts.is_restart(again, kHandlerStack));
    CHECK(restarts.is_restart(again, kStack));
    CHECK_FALSE(restarts.is_restart(again, kStack));
}

TEST_CASE("a handler ends a call that counts its time with EINTR", "[runners]") {
    Restarts restarts;
    interrupt(restarts, native("nanosleep"), kStack, kRestartBlock, true);
    CHECK_FALSE(restarts.is_restart(native("restart_syscall"), kStack));
    CHECK_FALSE(restarts.is_restart(native("nanosleep"), kStack));
}

TEST_CASE("restart_syscall is no restart of another call", "[runners]") {
    Restarts restarts;
    interrupt(restarts, call(0), kStack, kRestartSys, false);
    CHECK_FALSE(restarts.is_restart(native("restart_syscall"), kStack));
}

TEST_CASE("a signal that interrupts no call changes nothing", "[runners]") {
    Restarts restarts;
    restarts.interrupted(true);
    interrupt(restarts, call(0), kStack, kRestartNoHand, false);
    CHECK(restarts.is_restart(call(0), kStack));
}

}  // namespace callgate::runners
