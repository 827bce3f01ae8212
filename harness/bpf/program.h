#pragma once

#include "harness/core/result.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace callgate::bpf {

/// One classic BPF instruction, laid out as struct sock_filter (linux/filter.h).
struct Instruction {
    std::uint16_t code = 0;
    std::uint8_t jump_true = 0;
    std::uint8_t jump_false = 0;
    std::uint32_t k = 0;
    bool operator==(const Instruction&) const = default;
};

using Program = std::vector<Instruction>;

/// The kernel's limit for one program (BPF_MAXINSNS, linux/bpf_common.h).
constexpr std::size_t kMaxInstructions = 4096;

/// What the kernel checks before it takes a seccomp filter: length, known instructions, aligned loads inside
/// seccomp_data, jumps that stay inside, a return at the end (net/core/filter.c bpf_check_classic, kernel/seccomp.c
/// seccomp_check_filter). The error names the instruction.
core::Status check(const Program& program);

}  // namespace callgate::bpf
