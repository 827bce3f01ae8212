#include "harness/engine/oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

namespace callgate::engine::oracles::processes {

namespace {

std::map<std::string, int> count_roles(const Snapshot& snapshot) {
    std::map<std::string, int> counts;
    for (const auto& process : snapshot.processes) {
        if (!process.zombie) ++counts[process.role];
    }
    return counts;
}

std::size_t orphans(const Snapshot& snapshot) {
    return static_cast<std::size_t>(std::count_if(snapshot.processes.begin(), snapshot.processes.end(),
                                                  [](const SeenProcess& p) { return p.orphan && !p.zombie; }));
}

std::vector<OracleFinding> judge(const Snapshot& seen, const Snapshot& reference,
                                 const ports::OracleSetting& /*setting*/) {
    std::vector<OracleFinding> findings;
    if (!seen.running || !reference.running) return findings;
    const auto here = count_roles(seen);
    const auto there = count_roles(reference);
    auto roles = here;
    roles.insert(there.begin(), there.end());
    const auto of = [](const std::map<std::string, int>& counts, const std::string& role) {
        const auto found = counts.find(role);
        return found == counts.end() ? 0 : found->second;
    };
    for (const auto& entry : roles) {
        const auto& role = entry.first;
        if (of(here, role) == of(there, role)) continue;
        findings.push_back({role, fmt::format("{} of the process '{}', in the reference run {}", of(here, role), role,
                                              of(there, role))});
    }
    if (orphans(seen) > orphans(reference)) {
        findings.push_back({"orphans", fmt::format("{} of the processes lost their parent, in the reference run {}",
                                                   orphans(seen), orphans(reference))});
    }
    return findings;
}

}  // namespace

extern const Oracle kOracle;
const Oracle kOracle{judge, true, true};

}  // namespace callgate::engine::oracles::processes
