#pragma once

#include "harness/model/action.h"
#include "profiles/by_name.h"
#include "profiles/clause_algebra.h"
#include "profiles/filter.h"

#include <cstddef>
#include <string>
#include <vector>

namespace callgate::profiles {

/// What several profiles say together.
enum class Combination {
    any,  ///< a call is permitted when any of them permits it: the union
    all   ///< a call is permitted when all of them permit it: the intersection
};

/// Whether the answer `a` of the profile with the number `i` counts more than the answer `b` of the one with `j`. For
/// `all` the stricter one does, as where the kernel runs several filters; for `any` ALLOW, then LOG, then a refusal. Of
/// two that are as strict, and for `any` of two refusals, that of the first profile counts.
bool prevails(Combination how, std::size_t i, model::Action a, std::size_t j, model::Action b);

/// What a filter answers the calls of one name with.
struct Answers {
    struct Case {
        model::Action action;
        Alternatives when;
    };
    std::vector<Case> cases;  ///< apart from each other, and no action twice
    model::Action otherwise;
    bool as_written = true;  ///< the conditions are those of the profile's rules
};

/// What the filter, which has a profile, answers calls of one name with; `rules` of its profile, null for none. Where
/// two rules hold at once the filter is asked which one decides, and for the calls that hold other calls (ipc and
/// socketcall, for which libseccomp adds rules by itself) all of it. A best guess where that takes more than `effort`.
Answers answers_of(const Filter& filter, const std::string& name, const CallRules* rules, Effort& effort);

/// How exactly answers are put together.
enum class Detail {
    answers,     ///< which answer a call gets
    permission,  ///< whether it happens: all refusals are one, and ALLOW and LOG are
    name,        ///< whatever the arguments are: `any` permits the call, `all` refuses it
};

/// What comes of several answers to one name, without what is answered with `fallback` anyway. Where rules cannot say
/// it, `any` permits more and `all` permits less; where that would take many of them, it has less detail; where
/// libseccomp does not come to an end with the rules (shared_tests.h), some of them are missing. `all_answers` is not
/// empty.
std::vector<Answers::Case> combined(const std::vector<Answers>& all_answers, Combination how, model::Action fallback,
                                    Detail detail, Effort& effort);

}  // namespace callgate::profiles
