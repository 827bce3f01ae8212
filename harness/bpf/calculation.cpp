#include "harness/bpf/calculation.h"

#include "harness/core/result.h"

#include <linux/filter.h>

namespace callgate::bpf {

std::optional<std::uint32_t> calculated(std::uint16_t code, std::uint32_t a, std::uint32_t operand) {
    switch (BPF_OP(code)) {
        case BPF_ADD:
            return a + operand;
        case BPF_SUB:
            return a - operand;
        case BPF_MUL:
            return a * operand;
        case BPF_DIV:
            if (operand == 0) return std::nullopt;
            return a / operand;
        case BPF_AND:
            return a & operand;
        case BPF_OR:
            return a | operand;
        case BPF_XOR:
            return a ^ operand;
        case BPF_LSH:
            return a << (operand & kShiftMask);
        case BPF_RSH:
            return a >> (operand & kShiftMask);
        case BPF_NEG:
            return 0U - a;
        default:
            core::ensure(false, "a filter that passed its check holds an unknown calculation");
            return std::nullopt;
    }
}

}  // namespace callgate::bpf
