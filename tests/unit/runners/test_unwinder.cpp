#include "runners/stack/unwinder.h"

#include <catch2/catch.hpp>

#include <unistd.h>

namespace callgate::runners {

namespace {

/// A place in this program, whose own memory is as good as any other process's.
std::uint64_t here() {
    return reinterpret_cast<std::uint64_t>(&here) + 1;
}

Stack stack_at(Unwinder& unwinder, std::uint64_t ip) {
    return unwinder.of_blocked(::getpid(), ::gettid(), ip, 0);
}

}  // namespace

TEST_CASE("instruction and stack pointer alone give at least the first frame with its line", "[runners]") {
    Unwinder unwinder;
    const auto stack = stack_at(unwinder, here());
    REQUIRE_FALSE(stack.frames.empty());
    CHECK_FALSE(stack.frames[0].symbol.empty());
    CHECK_THAT(stack.frames[0].file, Catch::Matchers::EndsWith("test_unwinder.cpp"));
    CHECK(unwinder.cost().stacks == 1);
    CHECK(unwinder.cost().cut == 0);
}

TEST_CASE("when the time of a run is over, a stack is the place of its first frame, and counted as cut", "[runners]") {
    UnwindLimits limits;
    limits.per_run = std::chrono::milliseconds{0};
    Unwinder unwinder{limits};
    const auto stack = stack_at(unwinder, here());
    REQUIRE(stack.frames.size() == 1);
    CHECK_FALSE(stack.frames[0].module.empty());
    CHECK(stack.frames[0].symbol.empty());
    CHECK(unwinder.cost().cut == 1);
}

TEST_CASE("when the time of a stack is over, its frames have no names", "[runners]") {
    UnwindLimits limits;
    limits.per_stack = std::chrono::milliseconds{0};
    Unwinder unwinder{limits};
    const auto stack = stack_at(unwinder, here());
    REQUIRE(stack.frames.size() == 1);
    CHECK(stack.frames[0].symbol.empty());
    CHECK(unwinder.cost().cut == 1);
}

TEST_CASE("a task that is gone has no stack", "[runners]") {
    Unwinder unwinder;
    constexpr pid_t kNobody = 0x7ffffff0;  // beyond the largest pid_max
    CHECK(unwinder.of_stopped(kNobody, kNobody, 0x1000).frames.empty());
    CHECK(unwinder.of_blocked(kNobody, kNobody, 0x1000, 0x2000).frames.empty());
    CHECK_FALSE(unwinder.caller_pc(kNobody, kNobody));
    unwinder.forget(kNobody);
}

TEST_CASE("an address where nothing is mapped is a frame of its own", "[runners]") {
    Unwinder unwinder;
    const auto stack = stack_at(unwinder, 8);
    REQUIRE(stack.frames.size() == 1);
    CHECK(stack.frames[0].module.empty());
    CHECK(stack.frames[0].offset == 8);
}

}  // namespace callgate::runners
