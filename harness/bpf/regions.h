#pragma once

#include "harness/bpf/condition.h"
#include "harness/bpf/diagram.h"
#include "harness/bpf/partition.h"
#include "harness/core/result.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace callgate::bpf {

/// All calls for which a function has one value.
struct Piece {
    std::vector<Calls> calls;
    Condition condition;
    std::uint64_t value = 0;
    model::Call witness;
};

/// The function in pieces: one for each way of treating arguments (the same for all its calls) and each value of it
/// that `wanted` asks for. Fails with "too complex: …" when there are more than `limit`, or the allowance is spent.
core::Result<std::vector<Piece>> pieces_of(Diagrams& diagrams, Diagram function,
                                           const std::function<bool(std::uint64_t)>& wanted, std::size_t limit);

}  // namespace callgate::bpf
