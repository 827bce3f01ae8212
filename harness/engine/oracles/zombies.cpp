#include "harness/engine/oracle.h"

#include <fmt/format.h>

#include <map>
#include <string>

namespace callgate::engine::oracles::zombies {

namespace {

std::map<std::string, int> zombies(const Snapshot& snapshot) {
    std::map<std::string, int> counts;
    for (const auto& process : snapshot.processes) {
        if (process.zombie) ++counts[process.role];
    }
    return counts;
}

std::vector<OracleFinding> judge(const Snapshot& seen, const Snapshot& reference,
                                 const ports::OracleSetting& /*setting*/) {
    std::vector<OracleFinding> findings;
    auto there = zombies(reference);
    for (const auto& [name, count] : zombies(seen)) {
        if (count <= there[name]) continue;
        findings.push_back(
            {name, fmt::format("{} ended '{}' not reaped, in the reference run {}", count, name, there[name])});
    }
    return findings;
}

}  // namespace

extern const Oracle kOracle;
const Oracle kOracle{judge, true, true};

}  // namespace callgate::engine::oracles::zombies
