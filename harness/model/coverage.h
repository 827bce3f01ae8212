#pragma once

#include "harness/model/place.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace callgate::model {

/// How often the workload made the calls that one name of one rule permits.
struct PermissionUse {
    std::string syscall;
    std::string condition;                         ///< "arg0 == 1"; "" where the rule permits it always
    Place rule;                                    ///< the name in the rule
    std::map<std::string, std::uint64_t> by_case;  ///< "startup", a scenario, "shutdown" -> how often
    /// Calls of which it is not known whether it was this rule that permitted them: their arguments were not seen.
    std::uint64_t unsure = 0;

    [[nodiscard]] bool used() const { return !by_case.empty(); }
};

/// What of a profile a workload used in log mode.
struct Coverage {
    std::string profile;                     ///< as the plan names it
    std::string why_not;                     ///< why it was not measured; "" where it was
    std::vector<std::string> cases;          ///< in the order of the run
    std::vector<PermissionUse> permissions;  ///< in the order of the profile; empty where nothing was measured

    [[nodiscard]] std::size_t used() const;
    /// Of all permissions, rounded down; 100 where there are none.
    [[nodiscard]] unsigned percent() const;
};

}  // namespace callgate::model
