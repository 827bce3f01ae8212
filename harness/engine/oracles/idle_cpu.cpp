#include "harness/engine/oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace callgate::engine::oracles::idle_cpu {

namespace {

constexpr double kSpins = 0.8;  ///< of the time, while nothing is asked

double busiest(const Snapshot& snapshot, const std::string& role) {
    double busiest = 0;
    for (const auto& process : snapshot.processes) {
        if (process.role == role) busiest = std::max(busiest, process.busy);
    }
    return busiest;
}

std::vector<OracleFinding> judge(const Snapshot& seen, const Snapshot& reference,
                                 const ports::OracleSetting& /*setting*/) {
    std::vector<OracleFinding> findings;
    for (const auto& process : seen.processes) {
        const auto usual = busiest(reference, process.role);
        if (process.busy < kSpins || usual > kSpins / 2) continue;
        findings.push_back({process.role, fmt::format("'{}' ({}) runs {:.0f} % of the time while nothing is asked of "
                                                      "it; in the reference run {:.0f} %",
                                                      process.role, process.pid, 100 * process.busy, 100 * usual)});
    }
    return findings;
}

}  // namespace

extern const Oracle kOracle;
const Oracle kOracle{judge, true, true};

}  // namespace callgate::engine::oracles::idle_cpu
