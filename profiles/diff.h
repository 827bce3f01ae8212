#pragma once

#include "harness/bpf/condition.h"
#include "harness/bpf/partition.h"
#include "harness/core/result.h"
#include "harness/model/action.h"
#include "harness/model/arch.h"
#include "harness/model/call.h"
#include "profiles/filter.h"
#include "profiles/risks.h"

#include <cstddef>
#include <string>
#include <vector>

namespace callgate::profiles {

/// What the second filter makes of calls that the first one answered otherwise.
enum class Effect {
    permitted,  ///< they happen now
    refused,    ///< they do not happen any more
    otherwise,  ///< refused in another way, or permitted and now logged
};

/// A dangerous call among those that differ.
struct RiskNote {
    const Risk* risk = nullptr;
    std::string witness;  ///< "clone(flags=CLONE_NEWUSER)"
};

/// Calls of one name, or with numbers that have no name, which two filters answer differently under one condition.
struct Change {
    Effect effect = Effect::otherwise;
    std::string name;                     ///< "" for numbers without a name
    std::vector<bpf::WordRange> numbers;  ///< those; without the bit that marks x32
    std::vector<model::Arch> archs;       ///< in the order of known_archs()
    bpf::Condition condition;
    std::string when;  ///< the condition in words; "" where it always holds
    model::Action before;
    model::Action after;
    model::Call witness;
    std::string witness_text;  ///< "clone(flags=CLONE_NEWUSER)": of a dangerous call where there is one
    std::vector<RiskNote> risks;
    std::vector<Decider> first;  ///< what decides in the first profile, what decides about the witness in front
    std::vector<Decider> second;
    bool listed_by_both = true;  ///< false: one of the filters does not know the architectures
};

/// An architecture that only one of the filters tells apart from all others.
struct ArchChange {
    model::Arch arch;
    bool added = false;
    std::size_t permitted = 0;  ///< calls with a name that happen now
    std::size_t refused = 0;
};

/// What does not show in a compiled filter: a flag or the listener.
struct SettingChange {
    std::string name;
    std::string before;  ///< "" for none
    std::string after;
};

/// Everything in which two filters differ. Empty: they are proven to answer every call alike.
struct Differences {
    std::string first;  ///< the names of the two
    std::string second;
    std::vector<Change> changes;  ///< newly permitted ones first, dangerous ones in front of others, then by name
    std::vector<ArchChange> archs;
    std::vector<SettingChange> settings;

    [[nodiscard]] bool empty() const { return changes.empty() && archs.empty() && settings.empty(); }
};

/// Compares what the compiled filters do with every call there is: layout, order and rules that never decide make no
/// difference. Fails with "too complex: …" where that cannot be found out in bounded time.
core::Result<Differences> diff(const Filter& first, const Filter& second);

/// Leaves only what has this effect; settings have none.
void keep_only(Differences& differences, Effect effect);

/// For a terminal, 80 columns; "no difference" when there is none. `all`: also the names of calls that no rule names.
std::string render_text(const Differences& differences, bool all = false);

/// For a pull request.
std::string render_markdown(const Differences& differences);

/// harness/docs/diff-json.md says what is in it.
std::string render_json(const Differences& differences);

}  // namespace callgate::profiles
