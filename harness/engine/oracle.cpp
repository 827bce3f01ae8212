#include "harness/engine/oracle.h"

#include <fnmatch.h>

#include <algorithm>

namespace callgate::engine {

#define CALLGATE_ORACLE(name, summary) \
    namespace oracles::name {          \
    extern const Oracle kOracle;       \
    }
#include "harness/ports/oracles.inc"
#undef CALLGATE_ORACLE

std::vector<NamedOracle> all_oracles() {
    const std::vector<const Oracle*> listed{
#define CALLGATE_ORACLE(name, summary) &oracles::name::kOracle,
#include "harness/ports/oracles.inc"
#undef CALLGATE_ORACLE
    };
    std::vector<NamedOracle> named;
    for (const auto& info : ports::oracles()) named.push_back({info.name, listed[named.size()]});
    return named;
}

std::vector<OracleFinding> findings_of(const Oracle& oracle, const Snapshot& seen, const Snapshot* reference,
                                       const ports::OracleSetting& setting) {
    if (!setting.on || (reference == nullptr && oracle.needs_reference)) return {};
    static const Snapshot kNone;
    auto findings = oracle.judge(seen, reference == nullptr ? kNone : *reference, setting);
    std::erase_if(findings, [&](const OracleFinding& finding) {
        return std::any_of(setting.ignore.begin(), setting.ignore.end(), [&](const std::string& glob) {
            return ::fnmatch(glob.c_str(), finding.about.c_str(), 0) == 0;
        });
    });
    return findings;
}

}  // namespace callgate::engine
