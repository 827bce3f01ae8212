#pragma once

#include "harness/model/arch.h"
#include "harness/model/evidence.h"
#include "profiles/lock.h"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::profiles {

/// What a recorded profile is to be beside the calls that were seen.
struct RecordedChoices {
    bool args = false;   ///< permit arguments as they were seen where that is safe to say, instead of all of them
    bool enosys = true;  ///< ENOSYS for calls that C libraries try first and fall back from, where they were not seen
    std::vector<LockedReason> more;  ///< calls to permit although nobody saw them, and why
    /// Architectures on which the workload is to run as well: what it needs there is predicted (port.h). A filter has
    /// one list of rules for all of its architectures, so that the predicted calls are permitted on each.
    std::vector<model::Arch> for_archs;
};

struct RecordedProfile {
    std::string text;                     ///< OCI runtime-spec JSON
    std::vector<std::string> notes;       ///< what a person should know: why arguments of a call are not asked for, …
    std::vector<LockedReason> predicted;  ///< why the predicted rules are there
};

/// The profile that permits what the evidence shows, on the architectures that it shows, and answers everything else
/// with EPERM. `name` is what messages call it. Arguments are asked for only where every value was told, every run saw
/// the same ones, and filters can see them: never more than was seen, and nothing that another run may be without.
RecordedProfile recorded_profile(const model::Evidence& evidence, const RecordedChoices& choices,
                                 const std::string& name);

/// The comment of the rule that refuses those calls with ENOSYS (RecordedChoices::enosys): by it the rule is known
/// again.
inline constexpr std::string_view kSoftRefusal = "C libraries fall back on older calls after ENOSYS only";

/// Calls that C libraries try before an older one, which they use only after ENOSYS.
std::set<std::string> calls_with_fallback();

}  // namespace callgate::profiles
