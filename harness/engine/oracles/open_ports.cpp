#include "harness/engine/oracle.h"

#include <fmt/format.h>

namespace callgate::engine::oracles::open_ports {

namespace {

std::vector<OracleFinding> judge(const Snapshot& seen, const Snapshot& /*reference*/,
                                 const ports::OracleSetting& /*setting*/) {
    std::vector<OracleFinding> findings;
    for (const auto& port : seen.open_ports) {
        findings.push_back({port.substr(0, port.find(' ')),
                            fmt::format("port {} still accepts connections after the workload has ended", port)});
    }
    return findings;
}

}  // namespace

extern const Oracle kOracle;
const Oracle kOracle{judge, false};

}  // namespace callgate::engine::oracles::open_ports
