#pragma once

#include "harness/engine/snapshot.h"
#include "harness/ports/oracles.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::engine {

/// Something that an oracle does not want to see.
struct OracleFinding {
    std::string about;  ///< what `ignore` is matched with: a role, a path, a line
    std::string text;   ///< complete in itself
};

/// Pure. `reference` is the same case without a profile.
using Judge = std::vector<OracleFinding> (*)(const Snapshot& seen, const Snapshot& reference,
                                             const ports::OracleSetting& setting);

/// One oracle: a file in oracles/, a line in harness/ports/oracles.inc.
struct Oracle {
    Judge judge = nullptr;
    bool needs_reference = true;
    bool may_settle = false;  ///< what it looks at may still come right by itself: worth a second look
};

struct NamedOracle {
    std::string_view name;
    const Oracle* oracle = nullptr;
};

/// All of them, by name, in the order of ports::oracles().
std::vector<NamedOracle> all_oracles();

/// The findings of one oracle that the setting does not ignore.
std::vector<OracleFinding> findings_of(const Oracle& oracle, const Snapshot& seen, const Snapshot* reference,
                                       const ports::OracleSetting& setting);

}  // namespace callgate::engine
