#include "harness/engine/oracle.h"

#include <fmt/format.h>

namespace callgate::engine::oracles::latency {

namespace {

std::vector<OracleFinding> judge(const Snapshot& seen, const Snapshot& reference, const ports::OracleSetting& setting) {
    std::vector<OracleFinding> findings;
    if (seen.held_up) return findings;
    for (const auto& [what, usual] : reference.latencies) {
        const auto found = seen.latencies.find(what);
        if (found == seen.latencies.end()) continue;
        const auto above = static_cast<double>(setting.above.count());
        if (found->second <= usual * setting.factor || found->second <= usual + above) continue;
        findings.push_back(
            {what, fmt::format("{} is {:.1f}, in the reference run {:.1f} (allowed: {:g} times as much, or {} ms more)",
                               what, found->second, usual, setting.factor, setting.above.count())});
    }
    return findings;
}

}  // namespace

extern const Oracle kOracle;
const Oracle kOracle{judge};

}  // namespace callgate::engine::oracles::latency
