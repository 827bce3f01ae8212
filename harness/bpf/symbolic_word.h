#pragma once

#include "harness/bpf/diagram.h"

#include <array>
#include <cstdint>
#include <optional>

namespace callgate::bpf {

/// A 32-bit word of the filter's machine as a function of the call: a condition for each bit, the lowest first.
struct SymbolicWord {
    std::array<Diagram, 32> bits{};
    bool operator==(const SymbolicWord&) const = default;
};

SymbolicWord constant(std::uint32_t value);
/// A word of the call: 32 of its bits from `highest` on.
SymbolicWord part_of_call(Diagrams& diagrams, Bit highest);
/// Its value, when that is the same for every call.
std::optional<std::uint32_t> known(const SymbolicWord& word);

/// As calculated() of calculation.h; a division by zero gives anything. Spends from the allowance of `diagrams`, and
/// what it gives is meaningless once that is spent; so with all that follow.
SymbolicWord calculated(Diagrams& diagrams, std::uint16_t code, const SymbolicWord& a, const SymbolicWord& operand);
/// As holds() of comparison.h.
Diagram holds(Diagrams& diagrams, std::uint16_t code, const SymbolicWord& a, const SymbolicWord& with);
/// The function whose leaves are the values of the word.
Diagram values_of(Diagrams& diagrams, const SymbolicWord& word);

}  // namespace callgate::bpf
