#include "harness/bpf/evaluate.h"
#include "harness/bpf/possible.h"
#include "harness/bpf/watch.h"

#include <catch2/catch.hpp>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

namespace callgate::bpf {

namespace {

constexpr std::uint32_t kErrno = SECCOMP_RET_ERRNO | 1;
constexpr std::uint32_t kSeen = SECCOMP_RET_TRACE | SECCOMP_RET_DATA;

Instruction returns(std::uint32_t value) {
    return {BPF_RET | BPF_K, 0, 0, value};
}

/// Numbers 1 and 2 are killed and refused, 3 is killed when its second argument is 7; everything else is permitted.
Program filter() {
    return {{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
            {BPF_JMP | BPF_JEQ | BPF_K, 5, 0, 1},
            {BPF_JMP | BPF_JEQ | BPF_K, 5, 0, 2},
            {BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 3},
            {BPF_LD | BPF_W | BPF_ABS, 0, 0, 24},
            {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 7},
            returns(SECCOMP_RET_ALLOW),
            returns(SECCOMP_RET_KILL_PROCESS),
            returns(kErrno)};
}

model::Call call(std::int32_t nr, std::uint64_t first = 0, std::uint64_t second = 0,
                 std::uint32_t arch = AUDIT_ARCH_X86_64) {
    model::Call made;
    made.nr = nr;
    made.audit_arch = arch;
    made.args[0] = first;
    made.args[1] = second;
    return made;
}

Program watching(const Program& program, const std::vector<WatchedCall>& calls) {
    auto watched = watch(program, calls, HandOver::trace);
    REQUIRE(watched);
    REQUIRE(check(*watched));
    return *watched;
}

}  // namespace

TEST_CASE("a watched call is handed over where the filter permits it, and nowhere else", "[bpf]") {
    const auto watched = watching(filter(), {{AUDIT_ARCH_X86_64, 1},
                                             {AUDIT_ARCH_X86_64, 2},
                                             {AUDIT_ARCH_X86_64, 3},
                                             {AUDIT_ARCH_X86_64, 9},
                                             {AUDIT_ARCH_I386, 10}});
    CHECK(evaluate(watched, call(1)) == SECCOMP_RET_KILL_PROCESS);
    CHECK(evaluate(watched, call(2)) == kErrno);
    CHECK(evaluate(watched, call(3)) == kSeen);
    CHECK(evaluate(watched, call(3, 0, 7)) == SECCOMP_RET_KILL_PROCESS);
    CHECK(evaluate(watched, call(9)) == kSeen);
    CHECK(evaluate(watched, call(10)) == SECCOMP_RET_ALLOW);
    CHECK(evaluate(watched, call(10, 0, 0, AUDIT_ARCH_I386)) == kSeen);
    CHECK(evaluate(watched, call(9, 0, 0, AUDIT_ARCH_I386)) == SECCOMP_RET_ALLOW);
    CHECK(evaluate(watched, call(9, 0, 0, AUDIT_ARCH_AARCH64)) == SECCOMP_RET_ALLOW);
    for (std::int32_t nr = -2; nr < 20; ++nr) {
        if (nr == 3 || nr == 9) continue;
        CHECK(evaluate(watched, call(nr)) == evaluate(filter(), call(nr)));
    }
}

TEST_CASE("a call is watched for the bits or the value of its first argument", "[bpf]") {
    const auto watched = watching(filter(), {{AUDIT_ARCH_X86_64, 20, WatchedCall::Only::with_bits, 0x800000},
                                             {AUDIT_ARCH_X86_64, 21, WatchedCall::Only::with_value, 22}});
    CHECK(evaluate(watched, call(20, 0x800011)) == kSeen);
    CHECK(evaluate(watched, call(20, 0x11)) == SECCOMP_RET_ALLOW);
    CHECK(evaluate(watched, call(21, 22)) == kSeen);
    CHECK(evaluate(watched, call(21, 23)) == SECCOMP_RET_ALLOW);
    CHECK(evaluate(watched, call(22, 22)) == SECCOMP_RET_ALLOW);
}

TEST_CASE("a filter that leaves no refusal to the kernel grows by the comparisons and one return", "[bpf]") {
    const auto traced = instrument(filter(), model::Mode::log);
    REQUIRE(traced);
    const auto watched = watching(traced->program, {{AUDIT_ARCH_X86_64, 1}, {AUDIT_ARCH_X86_64, 9}});
    CHECK(watched.size() == traced->program.size() + 11);
    CHECK(evaluate(watched, call(1)) == kSeen);
    CHECK(evaluate(watched, call(9)) == kSeen);
    CHECK(evaluate(watched, call(2)) == evaluate(traced->program, call(2)));
}

TEST_CASE("a filter finds the accumulator cleared, as the kernel starts it", "[bpf]") {
    const auto kills = GENERATE(SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_TRACE);
    const Program zero{{BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0}, returns(SECCOMP_RET_ALLOW), returns(kills)};
    const auto watched = watching(zero, {{AUDIT_ARCH_X86_64, 9}});
    CHECK(evaluate(watched, call(9)) == kSeen);
    CHECK(evaluate(watched, call(8)) == SECCOMP_RET_ALLOW);
    CHECK(evaluate(watched, call(8, 0, 0, AUDIT_ARCH_I386)) == SECCOMP_RET_ALLOW);
}

TEST_CASE("handing over to a listener returns USER_NOTIF", "[bpf]") {
    const auto notified = instrument(filter(), model::Mode::log, HandOver::notify);
    REQUIRE(notified);
    CHECK((evaluate(notified->program, call(2)) & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_USER_NOTIF);
    const auto watched = watch(notified->program, std::vector<WatchedCall>{{AUDIT_ARCH_X86_64, 9}}, HandOver::notify);
    REQUIRE(watched);
    CHECK((evaluate(*watched, call(9)) & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_USER_NOTIF);
}

TEST_CASE("a filter that would grow past what the kernel takes is not watched", "[bpf]") {
    Program longest(kMaxInstructions - 1, {BPF_LD | BPF_W | BPF_ABS, 0, 0, 0});
    longest.push_back(returns(SECCOMP_RET_ALLOW));
    const auto watched = watch(longest, std::vector<WatchedCall>{{AUDIT_ARCH_X86_64, 9}}, HandOver::trace);
    REQUIRE_FALSE(watched);
    CHECK(watched.error().message ==
          "the filter has 4096 instructions; with those that watch it would have 4105, and the kernel takes 4096");
}

TEST_CASE("the possible answers of a filter are those of all arguments", "[bpf]") {
    using Returns = std::set<std::uint32_t>;
    const auto of = [](std::int32_t nr) { return possible_returns(filter(), AUDIT_ARCH_X86_64, nr); };
    CHECK(of(1) == Returns{SECCOMP_RET_KILL_PROCESS});
    CHECK(of(2) == Returns{kErrno});
    CHECK(of(3) == Returns{SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS});
    CHECK(of(4) == Returns{SECCOMP_RET_ALLOW});
    CHECK(possible_returns({{BPF_RET | BPF_A, 0, 0, 0}}, AUDIT_ARCH_X86_64, 4) == Returns{SECCOMP_RET_KILL_PROCESS});
}

}  // namespace callgate::bpf
