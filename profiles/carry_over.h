#pragma once

#include "harness/model/arch.h"
#include "profiles/counterparts.h"
#include "profiles/semantics.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::profiles {

/// From a call of one architecture to one of another that does the same.
struct Passage {
    model::Arch from;
    model::Arch to;
    std::string_view name;
    Counterpart counterpart;
};

/// The same call on the other architecture.
Passage same_call(model::Arch from, model::Arch to, std::string_view name);

/// What an argument filter became.
struct CarriedClause {
    std::optional<Clause> clause;     ///< none: it never holds there, or cannot be said and was left out
    std::vector<std::string> losses;  ///< tests that could not be carried over: "fd == 3: ..."; empty: exact
};

/// The tests of a clause on the parameters of the other call, by the kernel's names of them, with what is always so for
/// the other call. Where a test cannot be carried over exactly, the stricter is taken: a clause that permits is left
/// out; one that refuses loses the test and refuses more. Pure.
CarriedClause carry_over(const Clause& clause, const Passage& passage, bool refuses);

}  // namespace callgate::profiles
