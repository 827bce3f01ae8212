#include "harness/bpf/symbolic_word.h"

#include "harness/bpf/calculation.h"

#include <linux/filter.h>

#include <algorithm>
#include <cstddef>
#include <map>

namespace callgate::bpf {

namespace {

constexpr std::size_t kBits = 32;

SymbolicWord shifted(const SymbolicWord& a, int left) {
    SymbolicWord out = constant(0);
    for (std::size_t i = 0; i < kBits; ++i) {
        const auto to = static_cast<int>(i) + left;
        if (to >= 0 && to < static_cast<int>(kBits)) out.bits.at(static_cast<std::size_t>(to)) = a.bits.at(i);
    }
    return out;
}

SymbolicWord choose(Diagrams& d, Diagram condition, const SymbolicWord& then, const SymbolicWord& otherwise) {
    SymbolicWord out;
    for (std::size_t i = 0; i < kBits; ++i) out.bits.at(i) = d.choose(condition, then.bits.at(i), otherwise.bits.at(i));
    return out;
}

template <typename Operation>
SymbolicWord for_each_bit(const SymbolicWord& a, const SymbolicWord& b, Operation operation) {
    SymbolicWord out;
    for (std::size_t i = 0; i < kBits; ++i) out.bits.at(i) = operation(a.bits.at(i), b.bits.at(i));
    return out;
}

SymbolicWord inverted(Diagrams& d, const SymbolicWord& a) {
    return for_each_bit(a, a, [&](Diagram x, Diagram) { return d.negate(x); });
}

SymbolicWord sum(Diagrams& d, const SymbolicWord& a, const SymbolicWord& b, Diagram carry) {
    return for_each_bit(a, b, [&](Diagram x, Diagram y) {
        const auto one = d.differ(x, y);
        const auto result = d.differ(one, carry);
        carry = d.choose(one, carry, x);
        return result;
    });
}

SymbolicWord difference(Diagrams& d, const SymbolicWord& a, const SymbolicWord& b) {
    return sum(d, a, inverted(d, b), Diagrams::kAlways);
}

SymbolicWord product(Diagrams& d, const SymbolicWord& a, const SymbolicWord& b) {
    SymbolicWord out = constant(0);
    for (std::size_t i = 0; i < kBits; ++i) {
        if (b.bits.at(i) == Diagrams::kNever) continue;
        const auto part = choose(d, b.bits.at(i), shifted(a, static_cast<int>(i)), constant(0));
        out = sum(d, out, part, Diagrams::kNever);
    }
    return out;
}

Diagram equal(Diagrams& d, const SymbolicWord& a, const SymbolicWord& b) {
    Diagram all = Diagrams::kAlways;  // from the lowest bit, which diagrams ask for last
    for (std::size_t i = 0; i < kBits; ++i) all = d.choose(d.differ(a.bits.at(i), b.bits.at(i)), Diagrams::kNever, all);
    return all;
}

Diagram greater(Diagrams& d, const SymbolicWord& a, const SymbolicWord& b, Diagram when_equal) {
    Diagram result = when_equal;
    for (std::size_t i = 0; i < kBits; ++i) {
        result = d.choose(d.differ(a.bits.at(i), b.bits.at(i)), a.bits.at(i), result);
    }
    return result;
}

/// Long division, bit by bit, as on paper.
SymbolicWord quotient(Diagrams& d, const SymbolicWord& a, const SymbolicWord& divisor) {
    SymbolicWord out;
    SymbolicWord rest = constant(0);
    for (std::size_t i = kBits; i-- > 0 && !d.spent();) {
        const auto overflow = rest.bits.back();  // the rest has 33 bits for a moment
        rest = shifted(rest, 1);
        rest.bits.front() = a.bits.at(i);
        const auto fits = d.either(overflow, greater(d, rest, divisor, Diagrams::kAlways));
        out.bits.at(i) = fits;
        rest = choose(d, fits, difference(d, rest, divisor), rest);
    }
    return out;
}

SymbolicWord shifted_by(Diagrams& d, const SymbolicWord& a, const SymbolicWord& operand, int direction) {
    SymbolicWord out = a;
    for (std::size_t i = 0; (1U << i) <= kShiftMask; ++i) {
        out = choose(d, operand.bits.at(i), shifted(out, direction * (1 << i)), out);
    }
    return out;
}

Diagram shares_bits(Diagrams& d, const SymbolicWord& a, const SymbolicWord& b) {
    Diagram any = Diagrams::kNever;
    for (std::size_t i = 0; i < kBits; ++i) any = d.either(d.both(a.bits.at(i), b.bits.at(i)), any);
    return any;
}

}  // namespace

SymbolicWord constant(std::uint32_t value) {
    SymbolicWord out;
    for (std::size_t i = 0; i < kBits; ++i)
        out.bits.at(i) = (value >> i & 1U) != 0 ? Diagrams::kAlways : Diagrams::kNever;
    return out;
}

SymbolicWord part_of_call(Diagrams& diagrams, Bit highest) {
    SymbolicWord out;
    for (std::size_t i = 0; i < kBits; ++i) out.bits.at(i) = diagrams.bit(static_cast<Bit>(highest + kBits - 1 - i));
    return out;
}

std::optional<std::uint32_t> known(const SymbolicWord& word) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < kBits; ++i) {
        if (word.bits.at(i) > Diagrams::kAlways) return std::nullopt;
        value |= word.bits.at(i) << i;
    }
    return value;
}

SymbolicWord calculated(Diagrams& diagrams, std::uint16_t code, const SymbolicWord& a, const SymbolicWord& operand) {
    const auto value = known(a);
    const auto with = known(operand);
    if (value && with) return constant(calculated(code, *value, *with).value_or(0));
    auto& d = diagrams;
    switch (BPF_OP(code)) {
        case BPF_ADD:
            return sum(d, a, operand, Diagrams::kNever);
        case BPF_SUB:
            return difference(d, a, operand);
        case BPF_MUL:
            return value ? product(d, operand, a) : product(d, a, operand);
        case BPF_DIV:
            return quotient(d, a, operand);
        case BPF_AND:
            return for_each_bit(a, operand, [&](Diagram x, Diagram y) { return d.both(x, y); });
        case BPF_OR:
            return for_each_bit(a, operand, [&](Diagram x, Diagram y) { return d.either(x, y); });
        case BPF_XOR:
            return for_each_bit(a, operand, [&](Diagram x, Diagram y) { return d.differ(x, y); });
        case BPF_LSH:
            return shifted_by(d, a, operand, 1);
        case BPF_RSH:
            return shifted_by(d, a, operand, -1);
        default:  // BPF_NEG
            return difference(d, constant(0), a);
    }
}

Diagram holds(Diagrams& diagrams, std::uint16_t code, const SymbolicWord& a, const SymbolicWord& with) {
    switch (BPF_OP(code)) {
        case BPF_JEQ:
            return equal(diagrams, a, with);
        case BPF_JGT:
            return greater(diagrams, a, with, Diagrams::kNever);
        case BPF_JGE:
            return greater(diagrams, a, with, Diagrams::kAlways);
        default:  // BPF_JSET
            return shares_bits(diagrams, a, with);
    }
}

Diagram values_of(Diagrams& diagrams, const SymbolicWord& word) {
    std::map<std::array<Diagram, kBits>, Diagram> made;
    const auto visit = [&](const auto& self, const SymbolicWord& w) -> Diagram {
        if (const auto value = known(w)) return diagrams.leaf(*value);
        if (diagrams.spent()) return Diagrams::kNever;
        if (const auto found = made.find(w.bits); found != made.end()) return found->second;
        diagrams.spend(kBits);
        Bit top = diagrams.first_bit(Diagrams::kAlways);
        for (const auto bit : w.bits) top = std::min(top, diagrams.first_bit(bit));
        const auto with = [&](bool set) {
            return for_each_bit(w, w, [&](Diagram x, Diagram) { return diagrams.with(x, top, set); });
        };
        const auto low = self(self, with(false));
        const auto result = diagrams.node(top, low, self(self, with(true)));
        made.emplace(w.bits, result);
        return result;
    };
    return visit(visit, word);
}

}  // namespace callgate::bpf
