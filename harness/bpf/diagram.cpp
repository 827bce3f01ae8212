#include "harness/bpf/diagram.h"

#include "harness/core/result.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace callgate::bpf {

namespace {

constexpr std::size_t kFirstTable = std::size_t{1} << 14U;
constexpr std::size_t kChosen = std::size_t{1} << 15U;
constexpr unsigned kHalf = 32;

std::size_t mixed(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    // Multiplication by odd constants spreads the low bits upwards; the shift brings them back.
    std::uint64_t h = a * 0x9E3779B97F4A7C15 + b * 0xC2B2AE3D27D4EB4F + c * 0x165667B19E3779F9;
    h ^= h >> 29U;
    h *= 0xBF58476D1CE4E5B9;
    return static_cast<std::size_t>(h ^ (h >> kHalf));
}

std::uint64_t both_of(Diagram a, Diagram b) {
    return std::uint64_t{a} << kHalf | b;
}

}  // namespace

Diagrams::Diagrams(std::size_t allowance) : table_(kFirstTable, kNever), chosen_(kChosen), left_{allowance} {
    nodes_.reserve(kFirstTable);
    nodes_.push_back({kLeaf, 0, 0});  // kNever, which the table cannot hold
    const auto always = leaf(1);
    core::ensure(always == kAlways, "the first leaf of a set of diagrams is not 1");
}

Diagram Diagrams::leaf(std::uint64_t value) {
    if (value == 0) return kNever;
    return find_or_add({kLeaf, static_cast<Diagram>(value), static_cast<Diagram>(value >> kHalf)});
}

std::uint64_t Diagrams::value(Diagram leaf) const {
    return both_of(nodes_[leaf].high, nodes_[leaf].low);
}

Diagram Diagrams::node(Bit which, Diagram low, Diagram high) {
    return low == high ? low : find_or_add({which, low, high});
}

Diagram Diagrams::find_or_add(const Node& node) {
    std::size_t place = mixed(node.bit, node.low, node.high) & (table_.size() - 1);
    while (table_[place] != kNever) {
        if (nodes_[table_[place]] == node) return table_[place];
        place = (place + 1) & (table_.size() - 1);
    }
    const auto added = static_cast<Diagram>(nodes_.size());
    nodes_.push_back(node);
    table_[place] = added;
    if (nodes_.size() * 2 > table_.size()) grow();
    return added;
}

void Diagrams::grow() {
    table_.assign(table_.size() * 4, kNever);
    for (std::size_t at = 1; at < nodes_.size(); ++at) {
        std::size_t place = mixed(nodes_[at].bit, nodes_[at].low, nodes_[at].high) & (table_.size() - 1);
        while (table_[place] != kNever) place = (place + 1) & (table_.size() - 1);
        table_[place] = static_cast<Diagram>(at);
    }
}

Diagram Diagrams::with(Diagram d, Bit which, bool set) const {
    const auto& node = nodes_[d];
    if (node.bit != which) return d;
    return set ? node.high : node.low;
}

Diagram Diagrams::choose(Diagram condition, Diagram then, Diagram otherwise) {
    if (condition == kAlways || then == otherwise) return then;
    if (condition == kNever) return otherwise;
    if (then == kAlways && otherwise == kNever) return condition;
    if (spent()) return kNever;
    spend(1);
    auto& place = chosen_[mixed(condition, then, otherwise) % kChosen];
    if (place.condition == condition && place.then == then && place.otherwise == otherwise) return place.result;
    const auto top = std::min({first_bit(condition), first_bit(then), first_bit(otherwise)});
    const auto at = [&](bool set) {
        return choose(with(condition, top, set), with(then, top, set), with(otherwise, top, set));
    };
    const auto low = at(false);
    const auto result = node(top, low, at(true));
    if (!spent()) place = {condition, then, otherwise, result};
    return result;
}

Diagram Diagrams::simplify(Diagram a, Diagram within) {
    std::unordered_map<std::uint64_t, Diagram> known;
    const auto visit = [&](const auto& self, Diagram d, Diagram in) -> Diagram {
        if (in == kAlways || is_leaf(d) || spent()) return d;
        if (const auto found = known.find(both_of(d, in)); found != known.end()) return found->second;
        spend(1);
        const auto here = first_bit(d);
        const auto in_low = with(in, here, false);
        const auto in_high = with(in, here, true);
        Diagram result = 0;
        if (first_bit(in) < here) {
            result = self(self, d, either(low(in), high(in)));
        } else if (in_low == kNever) {
            result = self(self, high(d), in_high);
        } else if (in_high == kNever) {
            result = self(self, low(d), in_low);
        } else {
            const auto simple_low = self(self, low(d), in_low);
            result = node(here, simple_low, self(self, high(d), in_high));
        }
        known.emplace(both_of(d, in), result);
        return result;
    };
    return visit(visit, a, within);
}

Diagram Diagrams::combine(Diagram a, Diagram b,
                          const std::function<std::uint64_t(std::uint64_t, std::uint64_t)>& combine) {
    std::unordered_map<std::uint64_t, Diagram> known;
    const auto visit = [&](const auto& self, Diagram x, Diagram y) -> Diagram {
        if (is_leaf(x) && is_leaf(y)) return leaf(combine(value(x), value(y)));
        if (spent()) return kNever;
        if (const auto found = known.find(both_of(x, y)); found != known.end()) return found->second;
        spend(1);
        const auto top = std::min(first_bit(x), first_bit(y));
        const auto low = self(self, with(x, top, false), with(y, top, false));
        const auto result = node(top, low, self(self, with(x, top, true), with(y, top, true)));
        known.emplace(both_of(x, y), result);
        return result;
    };
    return visit(visit, a, b);
}

Diagram Diagrams::equals(Diagram function, std::uint64_t value) {
    const auto wanted = leaf(value);
    return replace_ends(function, kLeaf, [&](Diagram end) { return end == wanted ? kAlways : kNever; });
}

Diagram Diagrams::replace_ends(Diagram of, Bit first_behind, const std::function<Diagram(Diagram)>& at_end) {
    std::unordered_map<Diagram, Diagram> known;
    const auto visit = [&](const auto& self, Diagram d) -> Diagram {
        if (spent()) return kNever;
        if (const auto found = known.find(d); found != known.end()) return found->second;
        spend(1);
        Diagram result = 0;
        if (first_bit(d) >= first_behind) {
            result = at_end(d);
        } else {
            const auto replaced_low = self(self, low(d));
            result = node(first_bit(d), replaced_low, self(self, high(d)));
        }
        known.emplace(d, result);
        return result;
    };
    return visit(visit, of);
}

}  // namespace callgate::bpf
