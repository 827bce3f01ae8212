#pragma once

#include "profiles/lock.h"

#include <string>
#include <vector>

namespace callgate::profiles {

/// A system call that one of two recordings has and the other has not.
struct DriftedCall {
    bool added = false;  ///< false: no longer made
    std::string arch;
    std::string syscall;
    /// What may be why, what is most likely first: a scenario that is new, a program that is another one, the C
    /// library, the kernel; "nothing that is known changed" where that is so.
    std::vector<std::string> causes;
};

/// What a later recording of a workload has other than an earlier one, by architecture and name; added ones first.
std::vector<DriftedCall> drift(const Lock& before, const Lock& after);

/// A line per call, and per cause; "" where nothing drifted. Untrusted text is printable.
std::string render_text(const std::vector<DriftedCall>& drifted, const Lock& before, const Lock& after);

}  // namespace callgate::profiles
