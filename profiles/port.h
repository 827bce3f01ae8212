#pragma once

#include "harness/core/result.h"
#include "harness/core/span.h"
#include "harness/model/arch.h"
#include "harness/model/profile.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::profiles {

/// How the comment of a predicted rule begins.
inline constexpr std::string_view kPredicted = "predicted, not observed";

/// One thing that was made of a profile for another architecture.
struct PortNote {
    enum class Kind {
        predicted,  ///< a rule that nobody observed
        covered,    ///< calls that are predicted too, of which other rules say the same
        stricter,   ///< what could not be carried over exactly: the stricter was taken
        lost,       ///< nothing does the work of the call there
        kept,       ///< worth a word: in force there, and nowhere before
        dropped,    ///< names that mean nothing on either
    };
    Kind kind = Kind::predicted;
    core::Span span;
    std::string text;
};

/// "predicted", "lost"...
std::string_view name_of(PortNote::Kind kind);

/// A profile for another architecture.
struct Ported {
    model::Profile profile;  ///< lists this architecture alone; predicted rules say so in their comment
    std::vector<PortNote> notes;
    std::size_t kept = 0;   ///< names that both architectures have
    std::size_t added = 0;  ///< rules that are predicted
    std::size_t lost = 0;   ///< names that only the first one has
};

/// The architecture that a profile was made on: the one that it was resolved for, or that of this machine, or where the
/// profile lists others than that, the first of them.
model::Arch made_on(const model::Profile& profile);

/// What the profile, which is not conditional, needs on another architecture in place of the calls that it lacks: all
/// of it predicted from the tables of system calls. A call that is made there in place of another one is answered as
/// that one was where no rule names it itself; it is never permitted more, and where the two cannot be told apart
/// exactly, less. Fails where the architectures are the same.
core::Result<Ported> port(const model::Profile& profile, model::Arch from, model::Arch to);

}  // namespace callgate::profiles
