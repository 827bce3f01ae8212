#pragma once

#include "harness/bpf/diagram.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace callgate::bpf {

/// The values of a field whose bits under `mask` are `value`.
struct Cube {
    std::uint64_t mask = 0;
    std::uint64_t value = 0;
};

/// Cubes whose union is the set, none of which could be left out or made larger (S. Minato, "Fast generation of
/// irredundant sum-of-products forms from binary decision diagrams", 1992). `set` asks for bits of one field. None when
/// there are more than `limit`, or the allowance is spent.
std::optional<std::vector<Cube>> prime_cubes(Diagrams& diagrams, Diagram set, std::size_t limit);

}  // namespace callgate::bpf
