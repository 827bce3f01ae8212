#pragma once

#include "profiles/semantics.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace callgate::profiles {

// Conditions on arguments as rules have them: alternatives of clauses (semantics.h), in which an argument stands at
// most once. A rule that tests one argument twice would mean something else (`clauses()`).

using Alternatives = std::vector<Clause>;

/// No policy that people write has more; what would grow beyond is refused.
constexpr std::size_t kMostAlternatives = 256;

/// What may be spent on one text, however many conditions it has.
struct Effort {
    std::size_t joins_left = 300'000;
};

/// `argument` has at least one of these bits.
Alternatives any_bit(unsigned argument, std::uint64_t bits);

/// The opposite of one test.
Alternatives opposite(const model::Profile::Argument& test);

/// Both hold; exact, if need be as many alternatives. None where no rule can say it (a mask with holes within bounds),
/// or where it would take more than kMostAlternatives, or more than is left to be spent.
std::optional<Alternatives> both(const Alternatives& a, const Alternatives& b, Effort& effort);

/// None of the clauses holds; none as for both().
std::optional<Alternatives> neither(const Alternatives& alternatives, Effort& effort);

}  // namespace callgate::profiles
