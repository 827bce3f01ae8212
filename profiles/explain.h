#pragma once

#include "harness/bpf/condition.h"
#include "harness/core/result.h"
#include "harness/decode/witness_text.h"
#include "harness/model/action.h"
#include "harness/model/call.h"
#include "profiles/filter.h"

#include <string>
#include <vector>

namespace callgate::profiles {

/// The calls of one name and architecture that are answered alike under one condition.
struct CallRegion {
    model::Action action;
    bpf::Condition condition;
    model::Call witness;
    std::vector<Decider> deciders;  ///< as Filter::deciders()
};

/// All that the filter says of a call, whatever its arguments are: permitted ones first, the regions that are easier
/// to say in front. The arguments of `call` do not count. Fails with "too complex: …" where that cannot be found out
/// in bounded time.
core::Result<std::vector<CallRegion>> regions_of(const Filter& filter, const model::Call& call);

/// Those regions, for a terminal, with the deciding rule of each.
core::Result<std::string> explain_name(const Filter& filter, const model::Call& call);

/// What the filter says of one call and why: the deciding rule, the condition that holds, and every rule that names the
/// call with what it asks for. `given` are the arguments that the user said. `path`: also the instructions that the
/// kernel would execute.
core::Result<std::string> explain_call(const Filter& filter, const model::Call& call, decode::Touched given, bool path);

/// "permitted", "refused with EPERM", "killed (the thread)": an action as a sentence has it.
std::string action_words(model::Action action);

/// "p.json:14", "p.json:2 (default action)", "an architecture that p.json does not list".
std::string decider_words(const Filter& filter, const Decider& decider);

/// The same of several, each once.
std::string deciders_words(const Filter& filter, const std::vector<Decider>& deciders);

}  // namespace callgate::profiles
