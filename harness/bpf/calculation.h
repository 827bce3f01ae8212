#pragma once

#include <cstdint>
#include <optional>

namespace callgate::bpf {

/// What a calculating instruction (BPF_ALU, `code` as in linux/bpf_common.h) makes of the accumulator. None for a
/// division by zero, which ends a filter with 0 (net/core/filter.c, bpf_convert_filter).
std::optional<std::uint32_t> calculated(std::uint16_t code, std::uint32_t a, std::uint32_t operand);

/// Shifts look at the low five bits of their operand, as the kernel's own eBPF does (kernel/bpf/core.c).
constexpr std::uint32_t kShiftMask = 31;

}  // namespace callgate::bpf
