#include "harness/core/sha256.h"
#include "harness/engine/oracle.h"

#include <fmt/format.h>

namespace callgate::engine::oracles::log {

namespace {

std::vector<OracleFinding> judge(const Snapshot& seen, const Snapshot& reference,
                                 const ports::OracleSetting& /*setting*/) {
    std::vector<OracleFinding> findings;
    for (const auto& [stable, line] : seen.trouble) {
        if (!reference.trouble.contains(core::sha256(stable)))
            findings.push_back({line, fmt::format("the output says: {}", line)});
    }
    return findings;
}

}  // namespace

extern const Oracle kOracle;
const Oracle kOracle{judge};

}  // namespace callgate::engine::oracles::log
