#include "harness/bpf/program.h"

#include <catch2/catch.hpp>

#include <linux/filter.h>

namespace callgate::bpf {

namespace {

constexpr Instruction kAllow{BPF_RET | BPF_K, 0, 0, 0x7fff0000};

std::string said_of(const Program& program) {
    const auto checked = check(program);
    return checked ? std::string{"good"} : checked.error().message;
}

}  // namespace

TEST_CASE("a filter is refused for what the kernel refuses", "[bpf]") {
    const auto [program, said] = GENERATE(table<Program, std::string>({
        {Program{kAllow}, "good"},
        {Program{}, "the filter has no instruction"},
        {{{BPF_LD | BPF_W | BPF_ABS, 0, 0, 60}, kAllow}, "good"},
        {{{BPF_LD | BPF_W | BPF_ABS, 0, 0, 64}, kAllow},
         "instruction 0 of 2 (code 0x0020) loads from behind seccomp_data"},
        {{{BPF_LD | BPF_W | BPF_ABS, 0, 0, 6}, kAllow},
         "instruction 0 of 2 (code 0x0020) loads from an offset that is no multiple of 4"},
        {{{BPF_LD | BPF_H | BPF_ABS, 0, 0, 0}, kAllow}, "instruction 0 of 2 (code 0x0028) is none that seccomp takes"},
        {{{BPF_LD | BPF_W | BPF_IND, 0, 0, 0}, kAllow}, "instruction 0 of 2 (code 0x0040) is none that seccomp takes"},
        {{{BPF_ALU | BPF_MOD | BPF_K, 0, 0, 2}, kAllow}, "instruction 0 of 2 (code 0x0094) is none that seccomp takes"},
        {{{0xffff, 0, 0, 0}, kAllow}, "instruction 0 of 2 (code 0xffff) is none that seccomp takes"},
        {{{BPF_ALU | BPF_DIV | BPF_K, 0, 0, 0}, kAllow}, "instruction 0 of 2 (code 0x0034) divides by zero"},
        {{{BPF_ALU | BPF_DIV | BPF_X, 0, 0, 0}, kAllow}, "good"},
        {{{BPF_ALU | BPF_LSH | BPF_K, 0, 0, 32}, kAllow},
         "instruction 0 of 2 (code 0x0064) shifts by more than 31 bits"},
        {{{BPF_ALU | BPF_RSH | BPF_K, 0, 0, 31}, kAllow}, "good"},
        {{{BPF_JMP | BPF_JA, 0, 0, 0}, kAllow}, "good"},
        {{{BPF_JMP | BPF_JA, 0, 0, 1}, kAllow}, "instruction 0 of 2 (code 0x0005) jumps behind the end"},
        {{{BPF_JMP | BPF_JA, 0, 0, 0xffffffff}, kAllow}, "instruction 0 of 2 (code 0x0005) jumps behind the end"},
        {{{BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0}, kAllow}, "instruction 0 of 2 (code 0x0015) jumps behind the end"},
        {{{BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0}, kAllow}, "instruction 0 of 2 (code 0x0015) jumps behind the end"},
        {{kAllow, {BPF_LD | BPF_IMM, 0, 0, 0}}, "instruction 1 of 2 (code 0x0000) is the last one and does not return"},
        {Program{{BPF_RET | BPF_A, 0, 0, 0}}, "good"},
        {Program{{BPF_RET | BPF_X, 0, 0, 0}}, "instruction 0 of 1 (code 0x000e) is none that seccomp takes"},
        {{{BPF_ST, 0, 0, 16}, kAllow}, "instruction 0 of 2 (code 0x0002) uses a memory word that does not exist"},
        {{{BPF_LD | BPF_MEM, 0, 0, 3}, kAllow},
         "instruction 0 of 2 (code 0x0060) loads a memory word that may not have been stored"},
        {{{BPF_STX, 0, 0, 3}, {BPF_LD | BPF_MEM, 0, 0, 3}, kAllow}, "good"},
        // Stored on one of two paths only.
        {{{BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0}, {BPF_ST, 0, 0, 2}, {BPF_LD | BPF_MEM, 0, 0, 2}, kAllow},
         "instruction 2 of 4 (code 0x0060) loads a memory word that may not have been stored"},
        {{{BPF_JMP | BPF_JA, 0, 0, 1}, {BPF_ST, 0, 0, 2}, {BPF_LD | BPF_MEM, 0, 0, 2}, kAllow},
         "instruction 2 of 4 (code 0x0060) loads a memory word that may not have been stored"},
    }));
    CHECK(said_of(program) == said);
}

TEST_CASE("a filter may have as many instructions as the kernel takes and no more", "[bpf]") {
    CHECK(said_of(Program(kMaxInstructions, kAllow)) == "good");
    CHECK(said_of(Program(kMaxInstructions + 1, kAllow)) ==
          "the filter has 4097 instructions, the kernel takes at most 4096");
}

}  // namespace callgate::bpf
