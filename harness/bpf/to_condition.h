#pragma once

#include "harness/bpf/condition.h"
#include "harness/bpf/diagram.h"

#include <optional>

namespace callgate::bpf {

/// Alternatives that a condition may take in tests.
constexpr std::size_t kMaxAlternatives = 256;

/// A condition on the fields of a call in tests, as a person would write it: exactly the same calls. Where the halves
/// of an argument are tested one after the other it is about the whole. `condition` asks for bits of fields only. None
/// when it would take more than kMaxAlternatives, or the allowance is spent.
std::optional<Condition> to_condition(Diagrams& diagrams, Diagram condition);

}  // namespace callgate::bpf
