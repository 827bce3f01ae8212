#include "harness/bpf/to_condition.h"

#include "harness/bpf/call_bits.h"
#include "harness/bpf/condition_diagram.h"
#include "harness/bpf/field_set.h"
#include "harness/core/result.h"

#include <algorithm>
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

    std::optional<Alternatives> alternatives(Diagram condition) {
        if (condition == Diagrams::kNever) return Alternatives{};
        if (condition == Diagrams::kAlways) return Alternatives{{}};
        const auto field = field_of(d_.first_bit(condition));
        Alternatives found;
        for (const auto& [rest, values] : by_rest(condition, field)) {
            if (rest == Diagrams::kNever) continue;
            const auto here = tests_of(field, values);
            if (!here) return std::nullopt;
            const auto behind = alternatives(rest);
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

    /// Leaves out tests and alternatives without which the condition is the same.
    void shorten(Alternatives& alternatives, Diagram condition) {
        if (alternatives.size() == 1 && alternatives.front().size() == 1) return;
        for (auto& tests : alternatives) {
            for (std::size_t i = tests.size(); i-- > 0 && tests.size() > 1;) {
                auto fewer = tests;
                fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
                if (d_.implies(diagram_of(d_, fewer), condition)) tests = std::move(fewer);
            }
        }
        for (std::size_t i = alternatives.size(); i-- > 0 && alternatives.size() > 1;) {
            Condition others{alternatives};
            others.alternatives.erase(others.alternatives.begin() + static_cast<std::ptrdiff_t>(i));
            if (diagram_of(d_, others) == condition) alternatives = std::move(others.alternatives);
        }
    }

private:
    std::optional<Alternatives> tests_of(Field field, Diagram values) {
        if (values == Diagrams::kAlways) return Alternatives{{}};
        return in_tests(d_, field, values, kMaxAlternatives);
    }

    /// The field's values by what is asked of the fields behind it. Values with which more is permitted behind count
    /// for less too: "arg0 == 1 or arg1 == 2" rather than "arg0 == 1, or arg0 != 1 and arg1 == 2".
    std::vector<std::pair<Diagram, Diagram>> by_rest(Diagram condition, Field field) {
        const auto behind = static_cast<Bit>(first_bit_of(field) + kFieldBits);
        std::vector<Diagram> rests;
        d_.replace_ends(condition, behind, [&](Diagram end) {
            rests.push_back(end);
            return Diagrams::kNever;
        });
        std::sort(rests.begin(), rests.end());
        std::vector<std::pair<Diagram, Diagram>> found;
        for (const auto rest : rests) {
            const auto values = d_.replace_ends(condition, behind, [&](Diagram end) {
                const bool counts = end == rest || (rests.size() <= kFewRests && d_.implies(rest, end));
                return counts ? Diagrams::kAlways : Diagrams::kNever;
            });
            found.emplace_back(rest, values);
        }
        return found;
    }

    Diagrams& d_;
};

}  // namespace

std::optional<Condition> to_condition(Diagrams& diagrams, Diagram condition) {
    Sentence sentence{diagrams};
    auto alternatives = sentence.alternatives(condition);
    if (!alternatives) return std::nullopt;
    sentence.shorten(*alternatives, condition);
    Condition result{*std::move(alternatives)};
    const auto again = diagram_of(diagrams, result);
    if (diagrams.spent()) return std::nullopt;
    core::ensure(again == condition, "a condition in words is not the one in the diagram");
    return result;
}

}  // namespace callgate::bpf
