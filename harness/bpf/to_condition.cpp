#include "harness/bpf/to_condition.h"

#include "harness/bpf/call_bits.h"
#include "harness/bpf/condition_diagram.h"
#include "harness/bpf/field_set.h"
#include "harness/core/result.h"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace callgate::bpf {

namespace {

using Tests = std::vector<Test>;
using Alternatives = std::vector<Tests>;

/// Beyond this many different continuations of a field nothing is tried that takes time in their square.
constexpr std::size_t kFewRests = 48;

class Sentence {
public:
    explicit Sentence(Diagrams& diagrams) : d_{diagrams} {}

    /// None when there are too many.
    const std::optional<Alternatives>& of(Diagram condition) {
        if (const auto found = known_.find(condition); found != known_.end()) return found->second;
        auto made = alternatives(condition);
        if (made) shorten(*made, condition);
        return known_.emplace(condition, std::move(made)).first->second;
    }

private:
    /// What is asked of the fields behind one, and for which of its values: at least `exactly` those, and at the most
    /// all with which no less is permitted behind.
    struct Part {
        Diagram rest = Diagrams::kNever;
        Diagram exactly = Diagrams::kNever;
        Diagram widest = Diagrams::kNever;
    };

    std::optional<Alternatives> alternatives(Diagram condition) {
        if (condition == Diagrams::kNever) return Alternatives{};
        if (condition == Diagrams::kAlways) return Alternatives{{}};
        const auto field = field_of(d_.first_bit(condition));
        Alternatives found;
        for (const auto& [rest, here] : worded_parts(condition, field)) {
            if (!here) return std::nullopt;
            const auto& behind = of(rest);
            if (!behind || found.size() + here->size() * behind->size() > kMaxAlternatives) return std::nullopt;
            for (const auto& front : *here) {
                for (const auto& back : *behind) {
                    found.push_back(front);
                    found.back().insert(found.back().end(), back.begin(), back.end());
                }
            }
        }
        return found;
    }

    /// The parts that are needed, with the shorter of the words for their values: "arg0 == 1 or arg1 == 2" rather than
    /// "arg0 == 1, or arg0 != 1 and arg1 == 2".
    std::vector<std::pair<Diagram, std::optional<Alternatives>>> worded_parts(Diagram condition, Field field) {
        const auto parts = parts_of(condition, field);
        std::vector<Diagram> made;
        made.reserve(parts.size());
        for (const auto& part : parts) made.push_back(d_.both(part.widest, part.rest));
        std::vector<std::pair<Diagram, std::optional<Alternatives>>> worded;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const auto& [rest, exactly, widest] = parts[i];
            auto words = tests_of(field, widest);
            if (exactly != widest && words && length_of(*words) > 0) {
                auto narrow = tests_of(field, exactly);
                const auto before = std::exchange(made[i], d_.both(exactly, rest));
                if (narrow && length_of(*narrow) < length_of(*words) && any_of(made) == condition) {
                    words = std::move(narrow);
                } else {
                    made[i] = before;
                }
            }
            worded.emplace_back(rest, std::move(words));
        }
        return worded;
    }

    Diagram any_of(const std::vector<Diagram>& conditions) {
        Diagram any = Diagrams::kNever;
        for (const auto condition : conditions) any = d_.either(any, condition);
        return any;
    }

    /// Leaves out tests and alternatives without which the condition is the same.
    void shorten(Alternatives& alternatives, Diagram condition) {
        if (alternatives.size() == 1 && alternatives.front().size() <= 1) return;
        std::vector<Diagram> made;
        for (auto& tests : alternatives) {
            for (std::size_t i = tests.size(); i-- > 0 && tests.size() > 1;) {
                auto fewer = tests;
                fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
                if (d_.implies(diagram_of(d_, fewer), condition)) tests = std::move(fewer);
            }
            made.push_back(diagram_of(d_, tests));
        }
        const auto needed = needed_of(made);
        Alternatives left;
        for (const auto i : needed) left.push_back(std::move(alternatives[i]));
        alternatives = std::move(left);
    }

    /// Those of some conditions, by index, that together are all of them; of what others cover the last goes first.
    std::vector<std::size_t> needed_of(const std::vector<Diagram>& conditions) {
        std::vector<Diagram> before{Diagrams::kNever};
        for (const auto condition : conditions) before.push_back(d_.either(before.back(), condition));
        std::vector<std::size_t> needed;
        Diagram behind = Diagrams::kNever;
        for (std::size_t i = conditions.size(); i-- > 0;) {
            if (d_.implies(conditions[i], d_.either(before[i], behind))) continue;
            behind = d_.either(behind, conditions[i]);
            needed.push_back(i);
        }
        std::reverse(needed.begin(), needed.end());
        return needed;
    }

    std::optional<Alternatives> tests_of(Field field, Diagram values) {
        if (values == Diagrams::kAlways) return Alternatives{{}};
        return in_tests(d_, field, values, kMaxAlternatives);
    }

    /// The condition in parts, as few as are needed.
    std::vector<Part> parts_of(Diagram condition, Field field) {
        const auto behind = static_cast<Bit>(first_bit_of(field) + kFieldBits);
        const auto values = [&](const std::function<bool(Diagram)>& counts) {
            return d_.replace_ends(condition, behind, [&](Diagram rest) {
                return rest != Diagrams::kNever && counts(rest) ? Diagrams::kAlways : Diagrams::kNever;
            });
        };
        std::vector<Diagram> rests;
        values([&](Diagram rest) {
            rests.push_back(rest);
            return false;
        });
        std::sort(rests.begin(), rests.end());
        std::vector<Part> parts;
        std::vector<Diagram> made;
        for (const auto rest : rests) {
            Part part{rest, values([&](Diagram other) { return other == rest; }), Diagrams::kNever};
            part.widest = rests.size() > kFewRests ? part.exactly
                                                   : values([&](Diagram other) { return d_.implies(rest, other); });
            parts.push_back(part);
            made.push_back(d_.both(part.widest, rest));
        }
        std::vector<Part> needed;
        for (const auto i : needed_of(made)) needed.push_back(parts[i]);
        return needed;
    }

    Diagrams& d_;
    std::unordered_map<Diagram, std::optional<Alternatives>> known_;
};

}  // namespace

std::optional<Condition> to_condition(Diagrams& diagrams, Diagram condition) {
    constexpr std::size_t kFewTests = 4;
    Sentence sentence{diagrams};
    Condition result;
    const auto positive = sentence.of(condition);
    if (positive) result.alternatives = *positive;
    if (!positive || length_of(result.alternatives) > kFewTests) {
        const auto negative = sentence.of(diagrams.negate(condition));
        if (!positive && !negative) return std::nullopt;
        if (!positive || (negative && 2 * length_of(*negative) <= length_of(result.alternatives))) {
            result = {*negative, true};
        }
    }
    const auto again = diagram_of(diagrams, result);
    if (diagrams.spent()) return std::nullopt;
    core::ensure(again == condition, "a condition in words is not the one in the diagram");
    return result;
}

}  // namespace callgate::bpf
