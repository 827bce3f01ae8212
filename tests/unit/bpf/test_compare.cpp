#include "harness/bpf/partition.h"

#include <catch2/catch.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>

namespace callgate::bpf {

namespace {

constexpr Instruction kLoadNr{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0};
constexpr Instruction kAllow{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};

Instruction returns(std::uint32_t value) {
    return {BPF_RET | BPF_K, 0, 0, value};
}

/// Refuses numbers from 10 to `last`.
Program refusing_up_to(std::uint32_t last, std::uint32_t refusal = SECCOMP_RET_ERRNO | 1) {
    return {kLoadNr,
            {BPF_JMP | BPF_JGE | BPF_K, 0, 2, 10},
            {BPF_JMP | BPF_JGT | BPF_K, 1, 0, last},
            returns(refusal),
            kAllow};
}

/// The same in another layout.
Program refusing_up_to_backwards(std::uint32_t last) {
    return {kLoadNr,
            {BPF_JMP | BPF_JGT | BPF_K, 2, 0, last},
            {BPF_JMP | BPF_JGE | BPF_K, 0, 1, 10},
            returns(SECCOMP_RET_ERRNO | 1),
            kAllow};
}

std::vector<Difference> differences(const Program& first, const Program& second, const Aspect& aspect = every_bit) {
    REQUIRE(check(first));
    REQUIRE(check(second));
    auto found = compare(first, second, aspect);
    REQUIRE(found);
    return *found;
}

}  // namespace

TEST_CASE("programs that decide alike are proven to be equal, whatever their layout", "[bpf]") {
    CHECK(differences(refusing_up_to(20), refusing_up_to_backwards(20)).empty());
}

TEST_CASE("neighbouring numbers with one difference are one region with both answers", "[bpf]") {
    const auto found = differences(refusing_up_to(20), refusing_up_to_backwards(25));
    REQUIRE(found.size() == 1);
    CHECK(found[0].calls == std::vector<Calls>{{{{0, 0xffffffff}}, {{21, 25}}}});
    CHECK(found[0].condition.always());
    CHECK(found[0].returned_by_first == SECCOMP_RET_ALLOW);
    CHECK(found[0].returned_by_second == (SECCOMP_RET_ERRNO | 1));
    CHECK(found[0].witness.nr == 21);
}

TEST_CASE("what counts of an answer is up to the aspect", "[bpf]") {
    const auto [first, second, bits, effects, permissions] =
        GENERATE(table<std::uint32_t, std::uint32_t, bool, bool, bool>({
            {SECCOMP_RET_ERRNO | 1, SECCOMP_RET_ERRNO | 38, true, true, false},
            {SECCOMP_RET_ERRNO | 4095, SECCOMP_RET_ERRNO | 5000, true, false, false},
            {SECCOMP_RET_ALLOW, SECCOMP_RET_ALLOW | 7, true, false, false},
            {SECCOMP_RET_ALLOW, SECCOMP_RET_LOG, true, true, false},
            {SECCOMP_RET_KILL_PROCESS, 0x12340000, true, false, false},
            {SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, true, true, false},
            {SECCOMP_RET_TRAP | 1, SECCOMP_RET_TRAP | 2, true, true, false},
            {SECCOMP_RET_TRACE | 1, SECCOMP_RET_TRACE | 2, true, true, false},
            {SECCOMP_RET_USER_NOTIF | 1, SECCOMP_RET_USER_NOTIF, true, false, false},
            {SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_THREAD, true, true, true},
        }));
    const auto one = refusing_up_to(20, first);
    const auto other = refusing_up_to(20, second);
    CHECK(differences(one, other).empty() != bits);
    CHECK(differences(one, other, effect).empty() != effects);
    CHECK(differences(one, other, permission).empty() != permissions);
}

TEST_CASE("what comes of several programs is compared with one", "[bpf]") {
    const auto permits = [](std::uint32_t answer) { return permission(answer) != 0; };
    const Blend any = [&](std::uint32_t a, std::uint32_t b) { return permits(b) && !permits(a) ? b : a; };
    const Blend all = [&](std::uint32_t a, std::uint32_t b) { return permits(a) ? b : a; };
    const auto less = refusing_up_to(20);
    const auto more = refusing_up_to_backwards(25);
    const auto most = refusing_up_to(30);
    CHECK(compare({&less, &more, &most}, any, refusing_up_to_backwards(20))->empty());
    CHECK(compare({&less, &more, &most}, all, refusing_up_to_backwards(30))->empty());
    const auto found = compare({&most, &less, &more}, any, more, permission);
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    CHECK(found->front().calls == std::vector<Calls>{{{{0, 0xffffffff}}, {{21, 25}}}});
    CHECK(found->front().returned_by_first == SECCOMP_RET_ALLOW);
    CHECK(found->front().returned_by_second == (SECCOMP_RET_ERRNO | 1));
}

TEST_CASE("a comparison that takes too much says of which program", "[bpf]") {
    const Program hard{{BPF_LD | BPF_W | BPF_ABS, 0, 0, 16}, {BPF_RET | BPF_A, 0, 0, 0}};
    const auto found = compare(refusing_up_to(20), hard);
    REQUIRE_FALSE(found);
    CHECK(found.error().message ==
          "the second program: too complex: instruction 1 of 2 returns a value of too many cases");
}

}  // namespace callgate::bpf
