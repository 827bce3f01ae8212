#include "harness/engine/oracle.h"

namespace callgate::engine::oracles::check {

namespace {

std::vector<OracleFinding> judge(const Snapshot& seen, const Snapshot& /*reference*/,
                                 const ports::OracleSetting& /*setting*/) {
    if (seen.check_problem.empty()) return {};
    return {{"check", seen.check_problem}};
}

}  // namespace

extern const Oracle kOracle;
const Oracle kOracle{judge, false};

}  // namespace callgate::engine::oracles::check
