#pragma once

#include "harness/model/arch.h"
#include "harness/model/profile.h"
#include "profiles/builder.h"

#include <vector>

namespace callgate::profiles {

/// What becomes of a name of a rule.
struct EntryUse {
    enum class Kind {
        decides,         ///< without it the filter would be another one, or it was not looked at
        equals_default,  ///< runtimes leave the rule out
        skipped,         ///< libseccomp knows no such call on any of the architectures
        impossible,      ///< no call meets its argument filters
        covered,         ///< without it the filter would be the same: others of the same name decide
    };
    Entry entry;
    Kind kind = Kind::decides;
    std::vector<Entry> covered_by;  ///< those others
};

/// Of each name of each rule, in the order of the text. Those that are covered may all be taken out together: proven
/// by compiling the rules of the name with and without each and comparing all that the filters decide. Not looked at
/// are names that contradict themselves and those that more than a few dozen rules name.
/// Nothing is compared of a profile that as a whole does not compile: what libseccomp fails at may take it seconds.
std::vector<EntryUse> entry_uses(const model::Profile& profile, const std::vector<model::Arch>& archs, bool compiles);

}  // namespace callgate::profiles
