#include "harness/engine/oracle.h"

#include <fmt/format.h>

#include <string>

namespace callgate::engine::oracles::files {

namespace {

/// What a file of the reference run is not here; "" when it is.
std::string lack(const Snapshot& seen, const std::string& path, const SeenFile& wanted) {
    const auto found = seen.files.find(path);
    if (found == seen.files.end()) return "is missing";
    if (wanted.size != 0 && found->second.size == 0) return "is empty";
    // Whether other files grow depends on when a server writes them.
    const bool is_log = path.find("log") != std::string::npos;
    return is_log && wanted.grew && !found->second.grew ? "does not grow" : "";
}

std::vector<OracleFinding> judge(const Snapshot& seen, const Snapshot& reference,
                                 const ports::OracleSetting& /*setting*/) {
    std::vector<OracleFinding> findings;
    for (const auto& [path, wanted] : reference.files) {
        const auto missing = lack(seen, path, wanted);
        if (!missing.empty())
            findings.push_back({path, fmt::format("the file {} {}, unlike in the reference run", path, missing)});
    }
    return findings;
}

}  // namespace

extern const Oracle kOracle;
const Oracle kOracle{judge, true, true};

}  // namespace callgate::engine::oracles::files
