#pragma once

#include "harness/bpf/condition.h"
#include "harness/bpf/diagram.h"
#include "harness/model/call.h"

#include <optional>

namespace callgate::bpf {

/// The smallest arguments for which a condition on fields (not kNever) holds; architecture and number stay as in
/// `call`.
model::Call smallest(const Diagrams& diagrams, Diagram condition, model::Call call);

/// The smallest arguments for which both hold; architecture and number stay 0. None when no call is in both, or when
/// finding out takes too long. Pure.
std::optional<model::Call> example(const Condition& a, const Condition& b);

/// True when it is proven that no call is in both; false also when finding out takes too long. Pure.
bool apart(const Condition& a, const Condition& b);

}  // namespace callgate::bpf
