#include "harness/engine/oracle.h"

namespace callgate::engine::oracles::leftovers {

namespace {

std::vector<OracleFinding> judge(const Snapshot& seen, const Snapshot& /*reference*/,
                                 const ports::OracleSetting& /*setting*/) {
    std::vector<OracleFinding> findings;
    for (const auto& name : seen.leftovers)
        findings.push_back({name.substr(0, name.rfind('[')), name + " outlived the workload's first process"});
    return findings;
}

}  // namespace

extern const Oracle kOracle;
const Oracle kOracle{judge, false};

}  // namespace callgate::engine::oracles::leftovers
