#include "harness/bpf/field_set.h"

#include "harness/bpf/call_bits.h"
#include "harness/bpf/condition_diagram.h"
#include "harness/bpf/prime_cubes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace callgate::bpf {

namespace {

constexpr std::uint64_t kWhole = ~std::uint64_t{0};
constexpr std::uint64_t kLowHalf = 0xFFFFFFFF;
constexpr std::size_t kListed = 24;  ///< values that a person reads as a list
constexpr int kDepth = 3;            ///< of sets within sets

using Tests = std::vector<Test>;
using Alternatives = std::vector<Tests>;

Test negated(Test test) {
    test.negated = !test.negated;
    return test;
}

/// The ranges of a set in the order of the values under a mask.
class Ranges {
public:
    Ranges(Diagrams& diagrams, Field field, std::uint64_t mask, std::size_t most)
        : diagrams_{diagrams}, field_{field}, mask_{mask}, most_{most} {}

    /// None when there are more than wanted. The set asks for no bit outside the mask.
    std::optional<std::vector<ValueRange>> of(Diagram set) {
        visit(set, kFieldBits, 0);
        if (found_.size() > most_ || diagrams_.spent()) return std::nullopt;
        return std::move(found_);
    }

private:
    /// `below`: the bits that are not settled yet.
    void visit(Diagram set, unsigned below, std::uint64_t settled) {
        if (found_.size() > most_ || diagrams_.spent()) return;
        const auto open = below == kFieldBits ? mask_ : mask_ & ((std::uint64_t{1} << below) - 1);
        if (set == Diagrams::kNever) {
            in_set_ = false;
        } else if (set == Diagrams::kAlways) {
            if (!in_set_) found_.push_back({settled, 0});
            found_.back().last = settled | open;
            in_set_ = true;
        } else {
            const auto position = static_cast<unsigned>(std::bit_width(open)) - 1;
            const auto bit = bit_of(field_, position);
            visit(diagrams_.with(set, bit, false), position, settled);
            visit(diagrams_.with(set, bit, true), position, settled | std::uint64_t{1} << position);
        }
    }

    Diagrams& diagrams_;
    Field field_;
    std::uint64_t mask_;
    std::size_t most_;
    bool in_set_ = false;
    std::vector<ValueRange> found_;
};

class Phrasing {
public:
    Phrasing(Diagrams& diagrams, Field field, std::size_t limit)
        : d_{diagrams}, field_{field}, limit_{limit}, until_{diagrams.left() - std::min(diagrams.left(), kPatience)} {}

    std::optional<Alternatives> alternatives(Diagram set, int depth) {
        std::optional<Alternatives> best;
        const auto offer = [&](std::optional<Alternatives> other) {
            if (other && (!best || length_of(*other) < length_of(*best))) best = std::move(other);
            return best && length_of(*best) <= kReadable;
        };
        if (auto test = one_test(set)) {
            if (offer(Alternatives{{*std::move(test)}})) return best;
        }
        offer(by_tests(set));
        if (offer(by_cubes(set)) || tired()) return best;
        if (depth < kDepth) {
            for (const auto& hull : hulls(set)) {
                const auto rest = d_.simplify(set, diagram_of(d_, hull));
                if (d_.is_leaf(rest) || rest == set) continue;
                if (auto words = alternatives(rest, depth + 1)) offer(with_each(hull, *std::move(words)));
            }
        }
        if (depth == 0 && !offer({})) offer(by_one_bit(set));
        return best;
    }

private:
    static constexpr std::size_t kShort = 1;     ///< no other form is shorter
    static constexpr std::size_t kReadable = 6;  ///< shorter is not sought

    static constexpr std::size_t kPatience = 20'000;  ///< steps after which what was found is good enough

    [[nodiscard]] bool tired() const { return d_.left() <= until_; }

    static Alternatives with_each(const Test& hull, Alternatives rest) {
        for (auto& tests : rest) tests.insert(tests.begin(), hull);
        return rest;
    }

    [[nodiscard]] std::uint64_t support(Diagram set) const {
        std::uint64_t mask = 0;
        std::unordered_set<Diagram> seen;
        const auto visit = [&](const auto& self, Diagram d) -> void {
            if (d_.is_leaf(d) || !seen.insert(d).second) return;
            mask |= value_of(d_.first_bit(d));
            self(self, d_.low(d));
            self(self, d_.high(d));
        };
        visit(visit, set);
        return mask;
    }

    /// Bits under a mask that have one value.
    [[nodiscard]] std::optional<Test> cube(Diagram set) const {
        Test test{field_, 0, {{0, 0}}, false};
        while (!d_.is_leaf(set)) {
            const auto bit = value_of(d_.first_bit(set));
            const bool high = d_.low(set) == Diagrams::kNever;
            if (!high && d_.high(set) != Diagrams::kNever) return std::nullopt;
            test.mask |= bit;
            if (high) test.ranges.front().first |= bit;
            set = high ? d_.high(set) : d_.low(set);
        }
        if (std::has_single_bit(test.mask) && test.ranges.front().first != 0) {
            test.ranges.front().first = 0;  // "!= 0" rather than the bit again
            test.negated = true;
        }
        test.ranges.front().last = test.ranges.front().first;
        return test;
    }

    std::optional<Test> one_test(Diagram set) {
        if (d_.is_leaf(set)) return std::nullopt;
        const auto inverse = d_.negate(set);
        std::optional<Test> best;
        const auto offer = [&](std::optional<Test> other) {
            if (other && (!best || length_of({{*other}}) < length_of({{*best}}))) best = std::move(other);
        };
        const auto used = support(set);
        const auto below = used | (std::bit_floor(used) - 1);
        const std::array masks{kWhole, below, used};
        for (std::size_t i = 0; i < masks.size(); ++i) {
            if (i > 0 && masks.at(i) == masks.at(i - 1)) continue;
            offer(listed(set, masks.at(i), false));
            offer(listed(inverse, masks.at(i), true));
            if (best && length_of({{*best}}) <= kShort) return best;
            if (i > 0) continue;
            if (is_bound(used)) offer(listed(set, kLowHalf, false));
            offer(cube(set));
            if (auto test = cube(inverse)) offer(negated(*std::move(test)));
        }
        return best;
    }

    /// The highest bits of the low half, and more than one: a comparison by order of 32 bits.
    static bool is_bound(std::uint64_t used) { return (used | (used - 1)) == kLowHalf && std::popcount(used) > 1; }

    std::optional<Test> listed(Diagram set, std::uint64_t mask, bool negated) {
        auto ranges = Ranges{d_, field_, mask, kListed}.of(set);
        if (!ranges || ranges->empty()) return std::nullopt;
        return Test{field_, mask, *std::move(ranges), negated};
    }

    /// Tests that hold for the whole set, the narrowest of their kind.
    std::vector<Test> hulls(Diagram set) {
        std::vector<Test> found;
        if (d_.is_leaf(set)) return found;
        const auto [mask, value] = settled(set);
        if (mask != 0) found.push_back({field_, mask, {{value, value}}, false});
        const auto least = extreme(set, false);
        const auto greatest = extreme(set, true);
        if (least > 0) found.push_back({field_, kWhole, {{least, kWhole}}, false});
        if (greatest < kWhole) found.push_back({field_, kWhole, {{0, greatest}}, false});
        if (least > 0 && greatest < kWhole) found.push_back({field_, kWhole, {{least, greatest}}, false});
        return found;
    }

    /// The bits that are the same in all values of a set that is not empty.
    Cube settled(Diagram set) {
        std::unordered_map<Diagram, Cube> known{{Diagrams::kAlways, {}}};
        const auto visit = [&](const auto& self, Diagram d) -> Cube {
            if (const auto found = known.find(d); found != known.end()) return found->second;
            const auto bit = value_of(d_.first_bit(d));
            Cube result;
            if (d_.low(d) == Diagrams::kNever) {
                result = self(self, d_.high(d));
                result.value |= bit;
                result.mask |= bit;
            } else if (d_.high(d) == Diagrams::kNever) {
                result = self(self, d_.low(d));
                result.mask |= bit;
            } else {
                const auto low = self(self, d_.low(d));
                const auto high = self(self, d_.high(d));
                result.mask = low.mask & high.mask & ~(low.value ^ high.value);
                result.value = low.value & result.mask;
            }
            known.emplace(d, result);
            return result;
        };
        return visit(visit, set);
    }

    [[nodiscard]] std::uint64_t extreme(Diagram set, bool greatest) const {
        std::uint64_t value = greatest ? kWhole : 0;
        while (!d_.is_leaf(set)) {
            const auto bit = value_of(d_.first_bit(set));
            const auto wanted = greatest ? d_.high(set) : d_.low(set);
            if (wanted == Diagrams::kNever) value ^= bit;
            set = wanted != Diagrams::kNever ? wanted : greatest ? d_.low(set) : d_.high(set);
        }
        return value;
    }

    /// The set as tests that all hold: what encloses it, and what is left out of that.
    std::optional<Tests> all_of(Diagram set) {
        std::optional<Tests> best;
        for (const auto& hull : hulls(set)) {
            if (tired()) break;
            const auto enclosing = diagram_of(d_, hull);
            const auto without = one_test(d_.simplify(d_.negate(set), enclosing));
            const auto within = one_test(d_.both(enclosing, d_.negate(set)));
            for (const auto& test : {without, within}) {
                if (!test) continue;
                Tests tests{hull, negated(*test)};
                if (!best || length_of({tests}) < length_of({*best})) best = std::move(tests);
            }
        }
        return best;
    }

    /// As tests that all hold, or one of which holds.
    std::optional<Alternatives> by_tests(Diagram set) {
        std::optional<Alternatives> best;
        if (auto tests = all_of(set)) best = {*std::move(tests)};
        if (auto tests = all_of(d_.negate(set))) {
            Alternatives any;
            for (auto& test : *tests) any.push_back({negated(std::move(test))});
            if (!best || length_of(any) < length_of(*best)) best = std::move(any);
        }
        return best;
    }

    std::optional<Alternatives> by_cubes(Diagram set) {
        const auto cubes = prime_cubes(d_, set, limit_);
        if (!cubes) return std::nullopt;
        Alternatives found;
        for (const auto& cube : *cubes) {
            const ValueRange range{cube.value, cube.value};
            const auto same = std::find_if(found.begin(), found.end(),
                                           [&](const Tests& tests) { return tests.front().mask == cube.mask; });
            if (same == found.end()) {
                found.push_back({{field_, cube.mask, {range}, false}});
            } else {
                same->front().ranges.push_back(range);
            }
        }
        for (auto& tests : found) {
            auto& ranges = tests.front().ranges;
            std::sort(ranges.begin(), ranges.end(),
                      [](const ValueRange& a, const ValueRange& b) { return a.first < b.first; });
        }
        return found;
    }

    /// Where a bit is clear and where it is set, each in words of its own.
    std::optional<Alternatives> by_one_bit(Diagram set) {
        std::optional<Alternatives> best;
        for (auto left = support(set); left != 0; left &= left - 1) {
            const auto bit = left & (~left + 1);
            Alternatives both;
            for (const auto value : {std::uint64_t{0}, bit}) {
                const Test here{field_, bit, {{value, value}}, false};
                const auto rest = d_.simplify(set, diagram_of(d_, here));
                if (rest == Diagrams::kNever) continue;
                if (rest == Diagrams::kAlways) {
                    both.push_back({here});
                    continue;
                }
                const auto words = alternatives(rest, kDepth);
                if (!words || tired()) return best;
                const auto part = with_each(here, *words);
                both.insert(both.end(), part.begin(), part.end());
            }
            if (!best || length_of(both) < length_of(*best)) best = std::move(both);
        }
        return best;
    }

    Diagrams& d_;
    Field field_;
    std::size_t limit_;
    std::size_t until_;
};

/// A mask of nearly all bits is hard to read, unless they are the lowest.
std::size_t length_of_mask(std::uint64_t mask) {
    constexpr int kMany = 48;
    if (mask == kWhole) return 0;
    return std::popcount(mask) >= kMany && (mask & (mask + 1)) != 0 ? 3 : 1;
}

}  // namespace

std::size_t length_of(const std::vector<std::vector<Test>>& alternatives) {
    std::size_t length = 0;
    for (const auto& tests : alternatives) {
        for (const auto& test : tests) {
            length += length_of_mask(test.mask);
            for (const auto& [first, last] : test.ranges) {
                length += first == 0 || last == test.mask || last <= first + 1 ? 1 : 2;
            }
        }
    }
    return length;
}

std::optional<std::vector<std::vector<Test>>> in_tests(Diagrams& diagrams, Field field, Diagram set,
                                                       std::size_t limit) {
    auto found = Phrasing{diagrams, field, limit}.alternatives(set, 0);
    if (!found || diagrams.spent() || found->size() > limit) return std::nullopt;
    return found;
}

}  // namespace callgate::bpf
