#include "harness/engine/oracle.h"

namespace callgate::engine::oracles::stop {

namespace {

std::vector<OracleFinding> judge(const Snapshot& seen, const Snapshot& /*reference*/,
                                 const ports::OracleSetting& /*setting*/) {
    if (seen.stop_problem.empty()) return {};
    return {{"stop", seen.stop_problem}};
}

}  // namespace

extern const Oracle kOracle;
const Oracle kOracle{judge, false};

}  // namespace callgate::engine::oracles::stop
