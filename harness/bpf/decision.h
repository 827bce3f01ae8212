#pragma once

#include "harness/bpf/diagram.h"
#include "harness/bpf/program.h"
#include "harness/core/result.h"

#include <cstdint>
#include <optional>

namespace callgate::bpf {

/// Architecture and number of a call, as in model::Call.
struct CallNumber {
    std::uint32_t audit_arch = 0;
    std::int32_t nr = 0;
};

/// The function from calls to SECCOMP_RET values that the program is, in the bits of call_bits.h; with `only`, of the
/// calls of that number. `program` must have passed check(). Fails with "too complex: instruction …" when the allowance
/// of `diagrams` is spent, which can then be used no more.
core::Result<Diagram> decision_of(Diagrams& diagrams, const Program& program, std::optional<CallNumber> only = {});

}  // namespace callgate::bpf
