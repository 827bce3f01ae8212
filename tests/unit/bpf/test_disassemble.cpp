#include "harness/bpf/disassemble.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

namespace callgate::bpf {

namespace {

constexpr Instruction kAllow{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};

std::string name_of(std::uint32_t audit_arch, std::int32_t nr) {
    return audit_arch == AUDIT_ARCH_X86_64 && nr == 2 ? "open" : "";
}

std::string text_of(Instruction instruction) {
    return disassemble({instruction, kAllow, kAllow, kAllow}).front().text;
}

}  // namespace

TEST_CASE("a filter is shown with the parts of the call, labels and names", "[bpf]") {
    const Program program{{BPF_LD | BPF_W | BPF_ABS, 0, 0, 4},
                          {BPF_JMP | BPF_JEQ | BPF_K, 0, 7, AUDIT_ARCH_X86_64},
                          {BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
                          {BPF_JMP | BPF_JGE | BPF_K, 4, 0, 0x40000000},
                          {BPF_JMP | BPF_JEQ | BPF_K, 4, 0, 2},
                          {BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 16},
                          {BPF_LD | BPF_W | BPF_ABS, 0, 0, 28},
                          {BPF_JMP | BPF_JSET | BPF_K, 1, 2, 0x5401},
                          {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | 38},
                          {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS},
                          kAllow};
    REQUIRE(check(program));
    CHECK(to_text(disassemble(program, name_of)) ==
          " 0        A = arch\n"
          " 1        if A != AUDIT_ARCH_X86_64 goto L9\n"
          " 2        A = nr\n"
          " 3        if A >= 0x40000000 goto L8\n"
          " 4        if A == 2 goto L9                    ; open\n"
          " 5        if A != 16 goto L8\n"
          " 6        A = args[1] high\n"
          " 7        if A & 0x5401 != 0 goto L9 else L10\n"
          " 8  L8:   return RET_ERRNO|38                  ; ENOSYS\n"
          " 9  L9:   return RET_KILL_PROCESS\n"
          "10  L10:  return RET_ALLOW\n");
}

TEST_CASE("numbers have no name where calls of several architectures come by", "[bpf]") {
    const Program program{
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, 4},           {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, AUDIT_ARCH_X86_64},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 0x12345678}, {BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2},          kAllow};
    REQUIRE(check(program));
    const auto lines = disassemble(program, name_of);
    CHECK(lines[2].text == "if A != 0x12345678 goto L5");
    CHECK(lines[4].text == "goto L5");
    CHECK(lines[4].comment.empty());
}

TEST_CASE("each instruction has its text", "[bpf]") {
    const auto [instruction, text] = GENERATE(table<Instruction, std::string>({
        {{BPF_LD | BPF_W | BPF_ABS, 0, 0, 8}, "A = instruction_pointer low"},
        {{BPF_LD | BPF_W | BPF_ABS, 0, 0, 60}, "A = args[5] high"},
        {{BPF_LD | BPF_W | BPF_LEN, 0, 0, 0}, "A = 64"},
        {{BPF_LD | BPF_IMM, 0, 0, 0x12345}, "A = 0x12345"},
        {{BPF_LD | BPF_MEM, 0, 0, 3}, "A = M[3]"},
        {{BPF_LDX | BPF_MEM, 0, 0, 3}, "X = M[3]"},
        {{BPF_LDX | BPF_IMM, 0, 0, 3}, "X = 3"},
        {{BPF_ST, 0, 0, 15}, "M[15] = A"},
        {{BPF_STX, 0, 0, 15}, "M[15] = X"},
        {{BPF_ALU | BPF_ADD | BPF_K, 0, 0, 1}, "A += 1"},
        {{BPF_ALU | BPF_SUB | BPF_X, 0, 0, 1}, "A -= X"},
        {{BPF_ALU | BPF_MUL | BPF_K, 0, 0, 2}, "A *= 2"},
        {{BPF_ALU | BPF_DIV | BPF_X, 0, 0, 2}, "A /= X"},
        {{BPF_ALU | BPF_AND | BPF_K, 0, 0, 0xffff}, "A &= 0xffff"},
        {{BPF_ALU | BPF_OR | BPF_K, 0, 0, 8}, "A |= 8"},
        {{BPF_ALU | BPF_XOR | BPF_X, 0, 0, 0}, "A ^= X"},
        {{BPF_ALU | BPF_LSH | BPF_K, 0, 0, 8}, "A <<= 8"},
        {{BPF_ALU | BPF_RSH | BPF_K, 0, 0, 8}, "A >>= 8"},
        {{BPF_ALU | BPF_NEG, 0, 0, 0}, "A = -A"},
        {{BPF_MISC | BPF_TAX, 0, 0, 0}, "X = A"},
        {{BPF_MISC | BPF_TXA, 0, 0, 0}, "A = X"},
        {{BPF_JMP | BPF_JA, 0, 0, 1}, "goto L2"},
        {{BPF_JMP | BPF_JEQ | BPF_X, 1, 0, 0}, "if A == X goto L2"},
        {{BPF_JMP | BPF_JGT | BPF_K, 0, 1, 5}, "if A <= 5 goto L2"},
        {{BPF_JMP | BPF_JGE | BPF_K, 0, 1, 5}, "if A < 5 goto L2"},
        {{BPF_JMP | BPF_JGT | BPF_K, 1, 2, 5}, "if A > 5 goto L2 else L3"},
        {{BPF_JMP | BPF_JSET | BPF_K, 0, 1, 5}, "if A & 0x5 == 0 goto L2"},
        {{BPF_RET | BPF_A, 0, 0, 0}, "return A"},
        {{BPF_RET | BPF_K, 0, 0, 0x12340000}, "return 0x12340000"},
        {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_TRACE | 7}, "return RET_TRACE|7"},
    }));
    CHECK(text_of(instruction) == text);
}

}  // namespace callgate::bpf
