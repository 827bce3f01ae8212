#pragma once

#include "harness/core/clock.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::ports {

/// Something that is looked at after every case, because a refusal mostly fails silently.
struct OracleInfo {
    std::string_view name;  ///< "idle-cpu"
    std::string_view summary;
};

/// All of them, sorted by name.
std::span<const OracleInfo> oracles();

/// How one oracle is tuned.
struct OracleSetting {
    bool on = true;
    std::vector<std::string> ignore;  ///< globs: a finding about such a thing does not count
    double factor = 10;               ///< of `latency`: so many times the reference
    core::Milliseconds above{250};    ///< of `latency`: and at least so much more than the reference
    bool operator==(const OracleSetting&) const = default;
};

/// By name; an oracle that is not in it is on, as OracleSetting says.
using OracleSettings = std::map<std::string, OracleSetting, std::less<>>;

}  // namespace callgate::ports
