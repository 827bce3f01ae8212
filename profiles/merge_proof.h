#pragma once

#include "harness/core/result.h"
#include "harness/model/action.h"
#include "harness/model/arch.h"
#include "profiles/answers.h"
#include "profiles/filter.h"

#include <span>
#include <string>
#include <vector>

namespace callgate::profiles {

/// Calls that a merged profile answers otherwise than it should, or than one of its inputs does.
struct Deviation {
    enum class Kind {
        wider,      ///< they happen, and should not
        narrower,   ///< they do not happen, and should
        otherwise,  ///< another errno, killed or logged
    };
    Kind kind = Kind::otherwise;
    std::string input;               ///< of `otherwise`: the name of the input
    std::vector<std::string> calls;  ///< "mkdir", "socket (family == AF_ALG)", "numbers without a name"
    std::vector<model::Arch> archs;  ///< none: all that nobody lists
    model::Action due;               ///< what the inputs come to, or what that input answers
    model::Action given;
    std::string witness;  ///< "clone(flags=CLONE_NEWUSER)": one of them
};

/// What was found out about a merged profile on the compiled filters: what is not said is proven.
struct MergeProof {
    std::vector<Deviation> permissions;  ///< wider and narrower
    std::vector<Deviation> answers;      ///< otherwise, on architectures that the input and the merged profile list
    std::vector<std::string> unlisted;   ///< inputs of which that is too complex to list
};

/// Compares with every call there is. Fails with "too complex: …" where it cannot be found out in bounded time what
/// happens and should not, or the other way round.
core::Result<MergeProof> prove(std::span<const Filter> inputs, Combination how, const Filter& merged);

/// Whether the deviation breaks what was promised: that a union permits all that an input permits, and an intersection
/// nothing that an input refuses.
bool is_broken_by(Combination how, const Deviation& deviation);

/// "mkdir on i386 happens, which no input permits: e.g. mkdir()"
std::string to_words(Combination how, const Deviation& deviation);

/// Names of the profile's rules about which nothing can be proven here: libseccomp does not know them. Sorted.
std::vector<std::string> unproven_names(const model::Profile& merged);

}  // namespace callgate::profiles
