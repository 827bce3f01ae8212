#include "harness/bpf/condition_diagram.h"

#include "harness/bpf/call_bits.h"

namespace callgate::bpf {

namespace {

/// `field & mask` is at least `bound`, or with `above` greater than it.
Diagram from(Diagrams& d, Field field, std::uint64_t mask, std::uint64_t bound, bool above) {
    Diagram result = above ? Diagrams::kNever : Diagrams::kAlways;
    for (unsigned position = 0; position < kFieldBits; ++position) {
        const auto bit = std::uint64_t{1} << position;
        if ((mask & bit) == 0) {
            // The bit is 0 under the mask, whatever the call has.
            if ((bound & bit) != 0) result = Diagrams::kNever;
            continue;
        }
        const auto which = bit_of(field, position);
        result =
            (bound & bit) != 0 ? d.node(which, Diagrams::kNever, result) : d.node(which, result, Diagrams::kAlways);
    }
    return result;
}

}  // namespace

Diagram diagram_of(Diagrams& diagrams, const Test& test) {
    Diagram any = Diagrams::kNever;
    for (const auto& [first, last] : test.ranges) {
        const auto up_to_last = diagrams.negate(from(diagrams, test.field, test.mask, last, true));
        any = diagrams.either(any, diagrams.both(from(diagrams, test.field, test.mask, first, false), up_to_last));
    }
    return test.negated ? diagrams.negate(any) : any;
}

Diagram diagram_of(Diagrams& diagrams, const std::vector<Test>& tests) {
    Diagram all = Diagrams::kAlways;
    for (const auto& test : tests) all = diagrams.both(all, diagram_of(diagrams, test));
    return all;
}

Diagram diagram_of(Diagrams& diagrams, const Condition& condition) {
    Diagram any = Diagrams::kNever;
    for (const auto& tests : condition.alternatives) any = diagrams.either(any, diagram_of(diagrams, tests));
    return condition.negated ? diagrams.negate(any) : any;
}

}  // namespace callgate::bpf
