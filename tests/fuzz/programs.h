#pragma once

#include "harness/bpf/program.h"
#include "harness/model/call.h"

#include <linux/filter.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace callgate::fuzz {

/// The front of the input as a call, the rest as instructions.
struct Input {
    model::Call call;
    bpf::Program program;
};

inline Input input_of(const std::uint8_t* data, std::size_t size) {
    Input input;
    constexpr std::size_t kArgs = sizeof(std::uint64_t) * 6;
    if (size >= 8 + kArgs) {
        std::memcpy(&input.call.nr, data, 4);
        std::memcpy(&input.call.audit_arch, data + 4, 4);
        std::memcpy(input.call.args.data(), data + 8, kArgs);
        data += 8 + kArgs;
        size -= 8 + kArgs;
    }
    input.program.resize(size / sizeof(bpf::Instruction));
    if (!input.program.empty()) {
        std::memcpy(input.program.data(), data, input.program.size() * sizeof(bpf::Instruction));
    }
    return input;
}

/// The program with everything that the kernel would refuse changed to something near, and a return at its end: most
/// inputs would get no further otherwise.
inline bpf::Program repaired(const bpf::Program& program) {
    static constexpr std::array<int, 24> kCodes{BPF_LD | BPF_W | BPF_ABS,
                                                BPF_LD | BPF_MEM,
                                                BPF_LDX | BPF_MEM,
                                                BPF_LDX | BPF_IMM,
                                                BPF_LD | BPF_IMM,
                                                BPF_ST,
                                                BPF_STX,
                                                BPF_MISC | BPF_TAX,
                                                BPF_MISC | BPF_TXA,
                                                BPF_ALU | BPF_NEG,
                                                BPF_ALU | BPF_ADD | BPF_K,
                                                BPF_ALU | BPF_SUB | BPF_X,
                                                BPF_ALU | BPF_MUL | BPF_K,
                                                BPF_ALU | BPF_DIV | BPF_X,
                                                BPF_ALU | BPF_AND | BPF_K,
                                                BPF_ALU | BPF_OR | BPF_K,
                                                BPF_ALU | BPF_XOR | BPF_X,
                                                BPF_ALU | BPF_LSH | BPF_K,
                                                BPF_ALU | BPF_RSH | BPF_X,
                                                BPF_JMP | BPF_JEQ | BPF_K,
                                                BPF_JMP | BPF_JGT | BPF_K,
                                                BPF_JMP | BPF_JGE | BPF_X,
                                                BPF_JMP | BPF_JSET | BPF_K,
                                                BPF_RET | BPF_K};
    constexpr std::uint32_t kWords = 2;
    bpf::Program good{{BPF_ST, 0, 0, 0}, {BPF_ST, 0, 0, 1}};
    const auto length = good.size() + program.size() + 1;
    for (auto i : program) {
        if (good.size() + 2 > bpf::kMaxInstructions) break;
        const auto following = length - good.size() - 1;
        if (!bpf::check({i, {BPF_RET | BPF_K, 0, 0, 0}})) {
            if (BPF_CLASS(i.code) != BPF_JMP) i.code = static_cast<std::uint16_t>(kCodes.at(i.code % kCodes.size()));
            if (i.code == (BPF_LD | BPF_W | BPF_ABS)) i.k = i.k % 16 * 4;
            const bool moves =
                BPF_CLASS(i.code) == BPF_ST || BPF_CLASS(i.code) == BPF_STX || BPF_MODE(i.code) == BPF_MEM;
            if (moves && BPF_CLASS(i.code) <= BPF_STX) i.k %= kWords;
            if (BPF_CLASS(i.code) == BPF_ALU) i.k &= 31U;
            if (BPF_CLASS(i.code) == BPF_JMP) {
                if (BPF_OP(i.code) > BPF_JSET) i.code = BPF_JMP | BPF_JSET | BPF_K;
                i.code &= BPF_JMP | 0x70 | BPF_X;
                if (BPF_OP(i.code) == BPF_JA) i.code = BPF_JMP | BPF_JA;
                i.k = BPF_OP(i.code) == BPF_JA ? static_cast<std::uint32_t>(i.k % following) : i.k;
                i.jump_true = static_cast<std::uint8_t>(i.jump_true % following);
                i.jump_false = static_cast<std::uint8_t>(i.jump_false % following);
            }
        }
        good.push_back(i);
    }
    good.push_back({BPF_RET | BPF_A, 0, 0, 0});
    return good;
}

}  // namespace callgate::fuzz
