#include "harness/engine/oracle.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>

namespace callgate::engine::oracles::identities {

namespace {

using Identities = std::map<std::string, std::set<std::string>>;

Identities by_role(const Snapshot& snapshot) {
    Identities identities;
    for (const auto& process : snapshot.processes) {
        if (!process.zombie) identities[process.role].insert(process.identity);
    }
    return identities;
}

std::vector<OracleFinding> judge(const Snapshot& seen, const Snapshot& reference,
                                 const ports::OracleSetting& /*setting*/) {
    std::vector<OracleFinding> findings;
    const auto wanted = by_role(reference);
    for (const auto& [role, identities] : by_role(seen)) {
        const auto known = wanted.find(role);
        if (known == wanted.end()) continue;
        for (const auto& identity : identities) {
            if (known->second.contains(identity)) continue;
            findings.push_back({role, fmt::format("'{}' runs with {}; in the reference run with {}", role, identity,
                                                  fmt::join(known->second, " or "))});
        }
    }
    return findings;
}

}  // namespace

extern const Oracle kOracle;
const Oracle kOracle{judge, true, true};

}  // namespace callgate::engine::oracles::identities
