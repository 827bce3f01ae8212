#include "harness/bpf/comparison.h"

#include <linux/filter.h>

namespace callgate::bpf {

bool holds(std::uint16_t code, std::uint32_t value, std::uint32_t with) {
    switch (BPF_OP(code)) {
        case BPF_JEQ:
            return value == with;
        case BPF_JGT:
            return value > with;
        case BPF_JGE:
            return value >= with;
        default:
            return (value & with) != 0;  // BPF_JSET
    }
}

}  // namespace callgate::bpf
