#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace callgate::bpf {

/// A function of the bits of a call: which of Diagrams' functions it is. Equal functions have equal numbers.
using Diagram = std::uint32_t;

/// A bit of the call. Diagrams ask for small ones first (call_bits.h says which is which).
using Bit = std::uint16_t;

/// Binary decision diagrams with numbers at their leaves (R. E. Bryant, "Graph-Based Algorithms for Boolean Function
/// Manipulation", 1986): every function has one form, so that two programs are equal when their diagrams are the same
/// number. A condition is a diagram whose leaves are kNever and kAlways.
///
/// Work is counted: when the allowance is used up, spent() is true for good, and everything that is made from then on
/// is meaningless. Memory follows the allowance. Not for several threads at a time.
class Diagrams {
public:
    static constexpr Diagram kNever = 0;   ///< the leaf 0
    static constexpr Diagram kAlways = 1;  ///< the leaf 1

    /// `allowance` in steps; a step is one look at a node, some ten to a hundred nanoseconds.
    explicit Diagrams(std::size_t allowance);

    /// The function that is `value` for every call.
    Diagram leaf(std::uint64_t value);
    /// The condition that the bit is set.
    Diagram bit(Bit which) { return node(which, kNever, kAlways); }
    /// `low` where the bit is clear and `high` where it is set; both may only ask for later bits.
    Diagram node(Bit which, Diagram low, Diagram high);

    /// `then` where the condition holds, else `otherwise`.
    Diagram choose(Diagram condition, Diagram then, Diagram otherwise);
    Diagram negate(Diagram a) { return choose(a, kNever, kAlways); }
    Diagram both(Diagram a, Diagram b) { return choose(a, b, kNever); }
    Diagram either(Diagram a, Diagram b) { return choose(a, kAlways, b); }
    Diagram differ(Diagram a, Diagram b) { return choose(a, negate(b), b); }
    bool implies(Diagram a, Diagram b) { return choose(a, b, kAlways) == kAlways; }

    /// A condition that is `a` wherever `within` (not kNever) holds, and anything elsewhere: as simple as it is easy to
    /// find (O. Coudert and J. C. Madre's "restrict").
    Diagram simplify(Diagram a, Diagram within);

    /// The function that has `combine(value of a, value of b)` for every call; `combine` is pure.
    Diagram combine(Diagram a, Diagram b, const std::function<std::uint64_t(std::uint64_t, std::uint64_t)>& combine);
    /// The condition that the function has this value.
    Diagram equals(Diagram function, std::uint64_t value);

    /// The diagram with what it comes to behind a set of bits replaced: `at_end` is asked for each leaf and each node
    /// that asks for `first_behind` or a later bit, and answers with something that asks for no earlier one.
    Diagram replace_ends(Diagram of, Bit first_behind, const std::function<Diagram(Diagram)>& at_end);

    [[nodiscard]] bool is_leaf(Diagram d) const { return nodes_[d].bit == kLeaf; }
    /// Of a leaf.
    [[nodiscard]] std::uint64_t value(Diagram leaf) const;
    /// The first bit that the function asks for; greater than all bits for a leaf.
    [[nodiscard]] Bit first_bit(Diagram d) const { return nodes_[d].bit; }
    /// Of a diagram that is no leaf.
    [[nodiscard]] Diagram low(Diagram d) const { return nodes_[d].low; }
    [[nodiscard]] Diagram high(Diagram d) const { return nodes_[d].high; }
    /// The function with the bit known, which must not be later than its first bit.
    [[nodiscard]] Diagram with(Diagram d, Bit which, bool set) const;

    /// Takes steps from the allowance, for work that is done elsewhere.
    void spend(std::size_t steps) { left_ = left_ > steps ? left_ - steps : 0; }
    [[nodiscard]] std::size_t left() const { return left_; }
    [[nodiscard]] bool spent() const { return left_ == 0; }

private:
    static constexpr Bit kLeaf = 0xFFFF;

    struct Node {
        Bit bit = kLeaf;
        Diagram low = 0;  ///< of a leaf: the low half of its value
        Diagram high = 0;
        bool operator==(const Node&) const = default;
    };
    struct Chosen {
        Diagram condition = 0;
        Diagram then = 0;
        Diagram otherwise = 0;
        Diagram result = 0;
    };

    Diagram find_or_add(const Node& node);
    void grow();

    std::vector<Node> nodes_;
    std::vector<Diagram> table_;  ///< open addressing; kNever marks an empty place
    std::vector<Chosen> chosen_;  ///< what was chosen lately; overwritten freely
    std::size_t left_;
};

}  // namespace callgate::bpf
