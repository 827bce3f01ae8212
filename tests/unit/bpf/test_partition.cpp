#include "harness/bpf/partition.h"
#include "harness/model/action.h"
#include "tests/support/region_checks.h"

#include <catch2/catch.hpp>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <chrono>

namespace callgate::bpf {

namespace {

using Words = std::vector<std::string>;

constexpr std::uint32_t kNr = offsetof(seccomp_data, nr);
constexpr std::uint32_t kArch = offsetof(seccomp_data, arch);

constexpr std::uint32_t low(unsigned argument) {
    return offsetof(seccomp_data, args) + argument * 8;
}
constexpr std::uint32_t high(unsigned argument) {
    return low(argument) + 4;
}

Instruction load(std::uint32_t offset) {
    return {BPF_LD | BPF_W | BPF_ABS, 0, 0, offset};
}
Instruction alu(int op, std::uint32_t k) {
    return {static_cast<std::uint16_t>(BPF_ALU | op | BPF_K), 0, 0, k};
}
Instruction when(int comparison, std::uint32_t k, std::uint8_t then, std::uint8_t otherwise) {
    return {static_cast<std::uint16_t>(BPF_JMP | comparison | BPF_K), then, otherwise, k};
}
Instruction returns(std::uint32_t value) {
    return {BPF_RET | BPF_K, 0, 0, value};
}

constexpr std::uint32_t kRefused = SECCOMP_RET_ERRNO | 1;

/// The program, and behind it a return for the comparison it ends with: then ALLOW, otherwise a refusal.
Program allows_when(Program before, int comparison, std::uint32_t k) {
    before.push_back(when(comparison, k, 0, 1));
    before.push_back(returns(SECCOMP_RET_ALLOW));
    before.push_back(returns(kRefused));
    return before;
}

std::vector<Region> regions_of(const Program& program) {
    REQUIRE(check(program));
    auto regions = partition(program);
    INFO((regions ? "" : regions.error().message));
    REQUIRE(regions);
    std::mt19937 random{1};
    CHECK(test::wrong_with(*regions, program, test::calls_around({program}, random, 200)) == "");
    return *regions;
}

/// When the program allows, in words.
std::string allowed(const Program& program) {
    std::string words = "never";
    for (const auto& region : regions_of(program)) {
        if (region.returned == SECCOMP_RET_ALLOW) words = to_words(region.condition);
    }
    return words;
}

std::string complaint(const Program& program, const Bounds& bounds = {}) {
    REQUIRE(check(program));
    const auto regions = partition(program, bounds);
    return regions ? "no complaint" : regions.error().message;
}

}  // namespace

TEST_CASE("a comparison of half an argument is in words what it asks of the whole", "[bpf]") {
    const auto [program, words] = GENERATE(table<Program, std::string>({
        {allows_when({load(low(0))}, BPF_JEQ, 5), "arg0 & 0xffffffff == 5"},
        {allows_when({load(low(3))}, BPF_JGE, 5), "arg3 & 0xffffffff >= 5"},
        {allows_when({load(low(3))}, BPF_JGT, 5), "arg3 & 0xffffffff >= 6"},
        {allows_when({load(low(5))}, BPF_JSET, 0x7e020000), "arg5 & 0x7e020000 != 0"},
        {allows_when({load(high(1))}, BPF_JEQ, 0), "arg1 < 0x100000000"},
        {allows_when({load(high(1))}, BPF_JGE, 3), "arg1 >= 0x300000000"},
        {allows_when({load(high(1))}, BPF_JSET, 0x80000000), "arg1 >= 0x8000000000000000"},
        {allows_when({load(offsetof(seccomp_data, instruction_pointer) + 4)}, BPF_JEQ, 0),
         "instruction_pointer < 0x100000000"},
    }));
    CHECK(allowed(program) == words);
}

TEST_CASE("calculations with a constant are undone in words", "[bpf]") {
    const auto [instruction, comparison, k, words] = GENERATE(table<Instruction, int, std::uint32_t, std::string>({
        {alu(BPF_AND, 0xff), BPF_JEQ, 5, "arg0 & 0xff == 5"},
        {alu(BPF_AND, 0xff), BPF_JGE, 5, "arg0 & 0xff >= 5"},
        {alu(BPF_AND, 0xf0f0), BPF_JGT, 0x1000, "arg0 & 0xf0f0 >= 0x1010"},
        {alu(BPF_OR, 1), BPF_JEQ, 5, "arg0 & 0xffffffff in {4, 5}"},
        {alu(BPF_OR, 1), BPF_JEQ, 4, "never"},
        {alu(BPF_XOR, 5), BPF_JEQ, 4, "arg0 & 0xffffffff == 1"},
        {alu(BPF_ADD, 5), BPF_JEQ, 4, "arg0 & 0xffffffff == 0xffffffff"},
        {alu(BPF_SUB, 5), BPF_JGE, 0x80000000, "arg0 & 0xffffffff in {0..4, 0x80000005..0xffffffff}"},
        {alu(BPF_NEG, 0), BPF_JEQ, 1, "arg0 & 0xffffffff == 0xffffffff"},
        {alu(BPF_LSH, 28), BPF_JEQ, 0x50000000, "arg0 & 0xf == 5"},
        {alu(BPF_RSH, 4), BPF_JEQ, 5, "arg0 & 0xfffffff0 == 0x50"},
        {alu(BPF_MUL, 2), BPF_JEQ, 6, "arg0 & 0x7fffffff == 3"},
        {alu(BPF_MUL, 3), BPF_JEQ, 6, "arg0 & 0xffffffff == 2"},
        {alu(BPF_DIV, 10), BPF_JEQ, 6, "arg0 & 0xffffffff in {60..69}"},
        {alu(BPF_DIV, 16), BPF_JGE, 6, "arg0 & 0xffffffff >= 96"},
    }));
    INFO(words);
    CHECK(allowed(allows_when({load(low(0)), instruction}, comparison, k)) == words);
    // By way of X, the same.
    const Program by_register{
        {BPF_LDX | BPF_IMM, 0, 0, instruction.k},
        load(low(0)),
        {static_cast<std::uint16_t>(instruction.code | (BPF_OP(instruction.code) == BPF_NEG ? 0 : BPF_X)), 0, 0, 0}};
    CHECK(allowed(allows_when(by_register, comparison, k)) == words);
}

TEST_CASE("registers, memory and constants are followed", "[bpf]") {
    const Program moved{load(low(2)),
                        {BPF_ST, 0, 0, 3},
                        {BPF_LD | BPF_IMM, 0, 0, 9},
                        {BPF_MISC | BPF_TAX, 0, 0, 0},
                        {BPF_LD | BPF_MEM, 0, 0, 3},
                        {BPF_JMP | BPF_JEQ | BPF_X, 0, 1, 0},
                        returns(SECCOMP_RET_ALLOW),
                        returns(kRefused)};
    CHECK(allowed(moved) == "arg2 & 0xffffffff == 9");
    CHECK(
        allowed(allows_when({{BPF_LDX | BPF_W | BPF_LEN, 0, 0, 0}, load(low(2)), {BPF_ALU | BPF_SUB | BPF_X, 0, 0, 0}},
                            BPF_JEQ, 0)) == "arg2 & 0xffffffff == 64");
    CHECK(allowed(allows_when({{BPF_LDX | BPF_IMM, 0, 0, 7}, {BPF_MISC | BPF_TXA, 0, 0, 0}}, BPF_JEQ, 7)) == "always");
    CHECK(allowed(allows_when({}, BPF_JEQ, 0)) == "always");
    CHECK(allowed({load(low(0)), {BPF_JMP | BPF_JA, 0, 0, 1}, returns(SECCOMP_RET_ALLOW), returns(kRefused)}) ==
          "never");
}

TEST_CASE("a comparison of 64 bits in two halves is one", "[bpf]") {
    const auto [program, words] = GENERATE(table<Program, std::string>({
        {{load(high(1)), when(BPF_JEQ, 1, 0, 3), load(low(1)), when(BPF_JEQ, 2, 0, 1), returns(SECCOMP_RET_ALLOW),
          returns(kRefused)},
         "arg1 == 0x100000002"},
        {{load(high(1)), when(BPF_JGT, 1, 3, 0), when(BPF_JEQ, 1, 0, 3), load(low(1)), when(BPF_JGE, 2, 0, 1),
          returns(SECCOMP_RET_ALLOW), returns(kRefused)},
         "arg1 >= 0x100000002"},
        {{load(high(1)), alu(BPF_AND, 1), when(BPF_JEQ, 1, 0, 4), load(low(1)), alu(BPF_AND, 6), when(BPF_JEQ, 2, 0, 1),
          returns(SECCOMP_RET_ALLOW), returns(kRefused)},
         "arg1 & 0x100000006 == 0x100000002"},
    }));
    CHECK(allowed(program) == words);
}

TEST_CASE("masks and comparisons by order of one word are decided exactly", "[bpf]") {
    // Of the values below 8, those with the lowest bit set; nothing is both odd and a multiple of 4.
    const Program odd{load(low(0)), when(BPF_JGE, 8, 2, 0), when(BPF_JSET, 1, 0, 1), returns(SECCOMP_RET_ALLOW),
                      returns(kRefused)};
    CHECK(allowed(odd) == "arg0 & 0xfffffff9 == 1");
    const Program impossible{load(low(0)),           when(BPF_JSET, 1, 0, 3),    alu(BPF_AND, 3),
                             when(BPF_JEQ, 0, 0, 1), returns(SECCOMP_RET_ALLOW), returns(kRefused)};
    CHECK(allowed(impossible) == "never");
    const Program between{
        load(low(0)),           when(BPF_JGT, 0x1000, 0, 4), when(BPF_JGE, 0x7fffff00, 3, 0), alu(BPF_AND, 0x1),
        when(BPF_JEQ, 0, 1, 0), returns(kRefused),           returns(SECCOMP_RET_ALLOW)};
    CHECK(regions_of(between).size() == 2);
}

TEST_CASE("conditions on several arguments are told apart and put together", "[bpf]") {
    const Program either{load(low(0)),           when(BPF_JEQ, 1, 2, 0),     load(low(1)),
                         when(BPF_JEQ, 2, 0, 1), returns(SECCOMP_RET_ALLOW), returns(kRefused)};
    CHECK(allowed(either) == "arg0 & 0xffffffff == 1 or arg1 & 0xffffffff == 2");
    const Program both{load(low(0)),           when(BPF_JEQ, 1, 0, 3),     load(low(1)),
                       when(BPF_JEQ, 2, 0, 1), returns(SECCOMP_RET_ALLOW), returns(kRefused)};
    CHECK(allowed(both) == "arg0 & 0xffffffff == 1 and arg1 & 0xffffffff == 2");
}

TEST_CASE("numbers that are treated alike are one region, with a witness for each way", "[bpf]") {
    const Program program{load(kArch),
                          when(BPF_JEQ, AUDIT_ARCH_X86_64, 1, 0),
                          returns(SECCOMP_RET_KILL_PROCESS),
                          load(kNr),
                          when(BPF_JGE, 0x40000000, 6, 0),
                          when(BPF_JEQ, 1, 4, 0),
                          when(BPF_JEQ, 2, 3, 0),
                          when(BPF_JEQ, 16, 0, 3),
                          load(low(1)),
                          when(BPF_JEQ, 0x5401, 0, 1),
                          returns(SECCOMP_RET_ALLOW),
                          returns(kRefused)};
    const auto regions = regions_of(program);
    REQUIRE(regions.size() == 5);
    CHECK(regions[0].calls ==
          std::vector<Calls>{{{{AUDIT_ARCH_X86_64, AUDIT_ARCH_X86_64}}, {{0, 0}, {3, 15}, {17, 0xffffffff}}}});
    CHECK(regions[0].returned == kRefused);
    CHECK(regions[0].condition.always());
    CHECK(regions[1].calls == std::vector<Calls>{{{{AUDIT_ARCH_X86_64, AUDIT_ARCH_X86_64}}, {{1, 2}}}});
    CHECK(regions[1].witness == model::Call{1, AUDIT_ARCH_X86_64, 0, {}});
    CHECK(to_words(regions[2].condition) == "arg1 & 0xffffffff != 0x5401");
    CHECK(regions[2].witness == model::Call{16, AUDIT_ARCH_X86_64, 0, {}});
    CHECK(to_words(regions[3].condition) == "arg1 & 0xffffffff == 0x5401");
    CHECK(regions[3].witness == model::Call{16, AUDIT_ARCH_X86_64, 0, {0, 0x5401}});
    CHECK(regions[4].returned == SECCOMP_RET_KILL_PROCESS);
    CHECK(regions[4].calls ==
          std::vector<Calls>{{{{0, AUDIT_ARCH_X86_64 - 1}, {AUDIT_ARCH_X86_64 + 1, 0xffffffff}}, {{0, 0xffffffff}}}});
    CHECK(regions[4].witness.audit_arch == AUDIT_ARCH_I386);

    const auto ioctl = partition(program, AUDIT_ARCH_X86_64, 16);
    REQUIRE(ioctl);
    REQUIRE(ioctl->size() == 2);
    CHECK((*ioctl)[1].returned == SECCOMP_RET_ALLOW);
    CHECK((*ioctl)[1].calls == std::vector<Calls>{{{{AUDIT_ARCH_X86_64, AUDIT_ARCH_X86_64}}, {{16, 16}}}});
    CHECK((*ioctl)[1].witness == regions[3].witness);
}

TEST_CASE("a division by zero is a region that returns 0", "[bpf]") {
    const auto regions = regions_of({{BPF_LD | BPF_W | BPF_ABS, 0, 0, low(0)},
                                     {BPF_MISC | BPF_TAX, 0, 0, 0},
                                     {BPF_LD | BPF_IMM, 0, 0, 7},
                                     {BPF_ALU | BPF_DIV | BPF_X, 0, 0, 0},
                                     returns(SECCOMP_RET_ALLOW)});
    REQUIRE(regions.size() == 2);
    CHECK(regions[0].returned == 0);
    CHECK(to_words(regions[0].condition) == "arg0 & 0xffffffff == 0");
}

TEST_CASE("a value that is computed has a region for each of its values", "[bpf]") {
    const auto regions =
        regions_of({load(low(0)), alu(BPF_AND, 3), alu(BPF_OR, SECCOMP_RET_ERRNO), {BPF_RET | BPF_A, 0, 0, 0}});
    Words found;
    for (const auto& region : regions) {
        found.push_back(model::describe(model::Action::from_return(region.returned)) + ": " +
                        to_words(region.condition));
    }
    CHECK(found == Words{"ERRNO(0): arg0 & 0x3 == 0", "ERRNO(EPERM): arg0 & 0x3 == 1", "ERRNO(ENOENT): arg0 & 0x3 == 2",
                         "ERRNO(ESRCH): arg0 & 0x3 == 3"});
}

TEST_CASE("what takes too much is refused with the instruction that does", "[bpf]") {
    const Program two{load(low(0)), {BPF_MISC | BPF_TAX, 0, 0, 0}, load(low(1))};
    const auto with = [&](const Program& end) {
        auto program = two;
        program.insert(program.end(), end.begin(), end.end());
        return program;
    };
    const auto [program, said] = GENERATE_COPY(table<Program, std::string>({
        {with(allows_when({{BPF_ALU | BPF_MUL | BPF_X, 0, 0, 0}}, BPF_JEQ, 77)),
         "too complex: instruction 3 of 7 multiplies two values that both depend on the call"},
        {with({{BPF_JMP | BPF_JEQ | BPF_X, 0, 1, 0}, returns(1), returns(2)}),
         "too complex: instruction 3 of 6 compares two values that both depend on the call"},
        {{load(low(0)), {BPF_RET | BPF_A, 0, 0, 0}},
         "too complex: instruction 1 of 2 returns a value of too many cases"},
        {allows_when({load(kNr)}, BPF_JSET, 1),
         "too complex: the answers depend on arguments or numbers in too many ways"},
    }));
    CHECK(complaint(program) == said);
    CHECK(complaint({load(low(0)), alu(BPF_AND, 7), {BPF_RET | BPF_A, 0, 0, 0}}, {2'000'000, 7}) ==
          "too complex: there are more than 7 regions");
}

TEST_CASE("a filter that was made to take long ends soon", "[bpf]") {
    // Each bit of two arguments is counted in a register, and the ways never meet.
    Program counting;
    for (unsigned i = 0; counting.size() + 8 < kMaxInstructions; ++i) {
        const Program step{load(i % 2 == 0 ? low(0) : low(1)),
                           when(BPF_JSET, 1U << (i / 2 % 32), 0, 3),
                           {BPF_MISC | BPF_TXA, 0, 0, 0},
                           {BPF_ALU | BPF_ADD | BPF_K, 0, 0, i * 2654435761U},
                           {BPF_MISC | BPF_TAX, 0, 0, 0}};
        counting.insert(counting.end(), step.begin(), step.end());
    }
    counting.push_back({BPF_MISC | BPF_TXA, 0, 0, 0});
    counting.push_back({BPF_RET | BPF_A, 0, 0, 0});
    Program multiplying{load(low(0))};
    while (multiplying.size() + 1 < kMaxInstructions) {
        multiplying.push_back(alu(multiplying.size() % 2 == 0 ? BPF_MUL : BPF_XOR, 0x9E3779B9));
    }
    multiplying.push_back({BPF_RET | BPF_A, 0, 0, 0});
    const auto program = GENERATE_COPY(counting, multiplying);
    REQUIRE(check(program));
    const auto began = std::chrono::steady_clock::now();
    CHECK_THAT(complaint(program), Catch::StartsWith("too complex: "));
    // A second where the machine is idle and the build optimised.
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{20});
}

}  // namespace callgate::bpf
