#pragma once

#include "harness/core/diagnostics.h"
#include "profiles/clause_algebra.h"
#include "profiles/lines.h"

#include <optional>

namespace callgate::profiles {

/// Reads what stands behind the name in a minijail policy (minijail0(5)): `arg1 == 3 && arg2 in PROT_READ || arg0 & 1`.
/// None after every mistake was reported, and where no rule can say it.
std::optional<Alternatives> read_expression(const Piece& text, Effort& effort, core::Diagnostics& diagnostics);

/// A constant expression of a policy: names, numbers, `|`, `~` and parentheses.
std::optional<std::uint64_t> read_constant(const Piece& text, core::Diagnostics& diagnostics);

}  // namespace callgate::profiles
