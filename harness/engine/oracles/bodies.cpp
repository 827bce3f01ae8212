#include "harness/engine/oracle.h"

#include <fmt/format.h>

namespace callgate::engine::oracles::bodies {

namespace {

std::vector<OracleFinding> judge(const Snapshot& seen, const Snapshot& reference,
                                 const ports::OracleSetting& /*setting*/) {
    std::vector<OracleFinding> findings;
    for (const auto& [subject, wanted] : reference.answers) {
        const auto found = seen.answers.find(subject);
        if (found == seen.answers.end() || found->second == wanted) continue;
        findings.push_back(
            {subject, fmt::format("{} is {}, in the reference run it is {}", subject, found->second, wanted)});
    }
    return findings;
}

}  // namespace

extern const Oracle kOracle;
const Oracle kOracle{judge};

}  // namespace callgate::engine::oracles::bodies
