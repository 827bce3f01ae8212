#include "harness/bpf/evaluate.h"

#include <catch2/catch.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstddef>

namespace callgate::bpf {

namespace {

constexpr Instruction kReturnA{BPF_RET | BPF_A, 0, 0, 0};

const model::Call kCall{39, 0xC000003E, 0x1122334455667788, {0x0101010102020202, 1, 2, 3, 4, 0xAAAAAAAABBBBBBBB}};

std::uint32_t run(const Program& program) {
    REQUIRE(check(program).has_value());
    return evaluate(program, kCall);
}

std::uint32_t loaded(std::size_t offset) {
    return run({{BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)}, kReturnA});
}

/// `a OP operand`, once with a constant and once with X.
std::uint32_t calculated(std::uint16_t op, std::uint32_t a, std::uint32_t operand) {
    const auto by_register = run({{BPF_LDX | BPF_IMM, 0, 0, operand},
                                  {BPF_LD | BPF_IMM, 0, 0, a},
                                  {static_cast<std::uint16_t>(BPF_ALU | BPF_X | op), 0, 0, 0},
                                  kReturnA});
    const Program by_constant{
        {BPF_LD | BPF_IMM, 0, 0, a}, {static_cast<std::uint16_t>(BPF_ALU | op), 0, 0, operand}, kReturnA};
    if (check(by_constant)) CHECK(run(by_constant) == by_register);
    return by_register;
}

bool jumps(std::uint16_t op, std::uint32_t a, std::uint32_t operand) {
    const auto taken = [&](std::uint16_t source) {
        return run({{BPF_LDX | BPF_IMM, 0, 0, operand},
                    {BPF_LD | BPF_IMM, 0, 0, a},
                    {static_cast<std::uint16_t>(BPF_JMP | op | source), 1, 0, operand},
                    {BPF_RET | BPF_K, 0, 0, 0},
                    {BPF_RET | BPF_K, 0, 0, 1}}) == 1;
    };
    CHECK(taken(BPF_K) == taken(BPF_X));
    return taken(BPF_K);
}

}  // namespace

TEST_CASE("loads see the call as struct seccomp_data lays it out", "[bpf]") {
    CHECK(loaded(offsetof(seccomp_data, nr)) == 39);
    CHECK(loaded(offsetof(seccomp_data, arch)) == 0xC000003E);
    CHECK(loaded(offsetof(seccomp_data, instruction_pointer)) == 0x55667788);
    CHECK(loaded(offsetof(seccomp_data, instruction_pointer) + 4) == 0x11223344);
    CHECK(loaded(offsetof(seccomp_data, args)) == 0x02020202);
    CHECK(loaded(offsetof(seccomp_data, args) + 4) == 0x01010101);
    CHECK(loaded(offsetof(seccomp_data, args[5])) == 0xBBBBBBBB);
    CHECK(run({{BPF_LD | BPF_W | BPF_LEN, 0, 0, 0}, kReturnA}) == 64);
}

TEST_CASE("registers start at zero and memory words keep what is stored", "[bpf]") {
    CHECK(run({kReturnA}) == 0);
    CHECK(run({{BPF_LD | BPF_IMM, 0, 0, 7}, {BPF_MISC | BPF_TXA, 0, 0, 0}, kReturnA}) == 0);
    CHECK(run({{BPF_LD | BPF_IMM, 0, 0, 7},
               {BPF_MISC | BPF_TAX, 0, 0, 0},
               {BPF_STX, 0, 0, 15},
               {BPF_LD | BPF_IMM, 0, 0, 1},
               {BPF_ST, 0, 0, 0},
               {BPF_LD | BPF_MEM, 0, 0, 15},
               {BPF_LDX | BPF_MEM, 0, 0, 0},
               {BPF_ALU | BPF_ADD | BPF_X, 0, 0, 0},
               kReturnA}) == 8);
}

TEST_CASE("calculations are those of 32-bit unsigned numbers", "[bpf]") {
    const auto [op, a, operand, result] = GENERATE(table<int, std::uint32_t, std::uint32_t, std::uint32_t>({
        {BPF_ADD, 0xffffffff, 2, 1},
        {BPF_SUB, 1, 2, 0xffffffff},
        {BPF_MUL, 0x10000, 0x10001, 0x10000},
        {BPF_DIV, 0xfffffffe, 2, 0x7fffffff},
        {BPF_DIV, 5, 0, 0},
        {BPF_AND, 0xff00ff, 0xf0f0f0, 0xf000f0},
        {BPF_OR, 0xf0, 0x0f, 0xff},
        {BPF_XOR, 0xff, 0x0f, 0xf0},
        {BPF_LSH, 1, 31, 0x80000000},
        {BPF_LSH, 1, 33, 2},
        {BPF_RSH, 0x80000000, 31, 1},
    }));
    CHECK(calculated(static_cast<std::uint16_t>(op), a, operand) == result);
    CHECK(run({{BPF_LD | BPF_IMM, 0, 0, 1}, {BPF_ALU | BPF_NEG, 0, 0, 0}, kReturnA}) == 0xffffffff);
}

TEST_CASE("comparisons are unsigned", "[bpf]") {
    const auto [op, a, operand, taken] = GENERATE(table<int, std::uint32_t, std::uint32_t, bool>({
        {BPF_JEQ, 5, 5, true},
        {BPF_JEQ, 5, 6, false},
        {BPF_JGT, 0x80000000, 1, true},
        {BPF_JGT, 5, 5, false},
        {BPF_JGE, 5, 5, true},
        {BPF_JGE, 4, 5, false},
        {BPF_JSET, 6, 2, true},
        {BPF_JSET, 4, 2, false},
    }));
    CHECK(jumps(static_cast<std::uint16_t>(op), a, operand) == taken);
}

TEST_CASE("a plain jump skips that many instructions", "[bpf]") {
    CHECK(run({{BPF_JMP | BPF_JA, 0, 0, 1}, {BPF_RET | BPF_K, 0, 0, 1}, {BPF_RET | BPF_K, 0, 0, 2}}) == 2);
}

TEST_CASE("the way of a call is told by what is executed", "[bpf]") {
    const Program program{{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},  {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 39},
                          {BPF_JMP | BPF_JA, 0, 0, 1},          {BPF_RET | BPF_K, 0, 0, 1},
                          {BPF_ALU | BPF_DIV | BPF_X, 0, 0, 0}, {BPF_RET | BPF_K, 0, 0, 2}};
    REQUIRE(check(program));
    auto call = kCall;
    CHECK(explain(program, call).executed == std::vector<std::size_t>{0, 1, 2, 4});  // X is 0
    CHECK(explain(program, call).returned == 0);
    call.nr = 40;
    CHECK(explain(program, call).executed == std::vector<std::size_t>{0, 1, 3});
    CHECK(explain(program, call).returned == 1);
}

}  // namespace callgate::bpf
