#pragma once

#include "harness/bpf/condition.h"
#include "harness/bpf/diagram.h"

namespace callgate::bpf {

/// The calls for which it holds, as a diagram over the bits of call_bits.h.
Diagram diagram_of(Diagrams& diagrams, const Test& test);
Diagram diagram_of(Diagrams& diagrams, const std::vector<Test>& tests);
Diagram diagram_of(Diagrams& diagrams, const Condition& condition);

}  // namespace callgate::bpf
