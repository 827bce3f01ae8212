#include "harness/bpf/example.h"

#include "harness/bpf/call_bits.h"
#include "harness/bpf/condition_diagram.h"

namespace callgate::bpf {

namespace {

constexpr std::size_t kAllowance = 2'000'000;

}  // namespace

model::Call smallest(const Diagrams& diagrams, Diagram condition, model::Call call) {
    while (!diagrams.is_leaf(condition)) {
        const auto bit = diagrams.first_bit(condition);
        const bool set = diagrams.low(condition) == Diagrams::kNever;
        if (set) set_value(call, field_of(bit), value_of(call, field_of(bit)) | value_of(bit));
        condition = set ? diagrams.high(condition) : diagrams.low(condition);
    }
    return call;
}

std::optional<model::Call> example(const Condition& a, const Condition& b) {
    Diagrams diagrams{kAllowance};
    const auto both = diagrams.both(diagram_of(diagrams, a), diagram_of(diagrams, b));
    if (diagrams.spent() || both == Diagrams::kNever) return std::nullopt;
    return smallest(diagrams, both, {});
}

bool apart(const Condition& a, const Condition& b) {
    Diagrams diagrams{kAllowance};
    const auto both = diagrams.both(diagram_of(diagrams, a), diagram_of(diagrams, b));
    return !diagrams.spent() && both == Diagrams::kNever;
}

}  // namespace callgate::bpf
