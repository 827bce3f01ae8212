#pragma once

#include <cstdint>

namespace callgate::bpf {

/// Whether the branch of a comparing jump is taken: JEQ, JGT, JGE or JSET of `code` (linux/bpf_common.h).
bool holds(std::uint16_t code, std::uint32_t value, std::uint32_t with);

}  // namespace callgate::bpf
