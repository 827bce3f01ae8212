#pragma once

#include "harness/model/action.h"
#include "harness/model/profile.h"
#include "profiles/semantics.h"

#include <string>
#include <vector>

namespace callgate::profiles {

/// What a profile says of one system call, as libseccomp has it: of two unconditional rules the first one wins, and it
/// beats every argument filter.
struct CallRules {
    struct Alternative {
        Clause clause;  ///< all of it must hold; empty: whatever the arguments are
        model::Action action;
    };
    model::Profile::Name name;  ///< as first mentioned
    std::vector<Alternative> alternatives;

    /// True when one action holds whatever the arguments are: it is the only alternative.
    [[nodiscard]] bool unconditional() const;
};

/// In the order in which the names are first mentioned; without rules that say the default action. The profile is not
/// conditional (model::is_conditional).
std::vector<CallRules> by_name(const model::Profile& profile);

/// "p.json:9: text" for a loss or a decision.
std::string at(const core::Span& span, std::string_view text);

/// "a, b, c and 5 more"
std::string listed(const std::vector<std::string>& words);

}  // namespace callgate::profiles
