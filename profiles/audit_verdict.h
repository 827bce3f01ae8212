#pragma once

#include "harness/model/run_result.h"
#include "profiles/audit_log.h"
#include "profiles/explain.h"
#include "profiles/filter.h"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace callgate::profiles {

/// What a profile has to do with the records of a call. The records say neither arguments nor errno: what depends on
/// them is not decided.
struct AuditVerdict {
    enum class Kind {
        by_profile,    ///< the profile's filter gives this answer
        would_refuse,  ///< the call was logged, and happened; the profile refuses it
        otherwise,     ///< the profile refuses the call, but in another way: this answer is another filter's
        permitted,     ///< the profile permits the call: this answer is another filter's
        unknown        ///< the filter is too complex to say
    };
    Kind kind = Kind::unknown;
    /// The filter's answers to the call that are meant by `kind`, with what decides; the deciding one first.
    std::vector<CallRegion> regions;
    bool by_arguments = false;  ///< with other arguments the profile answers in another way than by `regions`
    std::string problem;        ///< why it is unknown

    /// Whether the finding is one under this profile: the call was refused, or the profile does not permit it.
    [[nodiscard]] bool counts(const AuditFinding& finding) const;
};

/// Pure; compiles the profile once more at the first question.
AuditVerdict judge(const Filter& filter, const AuditFinding& finding);

/// The change of a profile's text that permits what was refused or logged.
struct AuditRepair {
    model::Proposal proposal;       ///< `diff` is empty where nothing is proposed
    std::vector<std::string> left;  ///< what no repair is proposed for, and why: one sentence each
};

/// For the findings that the verdicts, one each, lay to the profile. A call that the profile permits with some
/// arguments gets no repair: which arguments were refused is not recorded, and to permit all of them would be wider.
/// `resolve` as for repair().
AuditRepair repair(const Filter& filter, std::span<const AuditFinding> findings, std::span<const AuditVerdict> verdicts,
                   const std::function<model::Profile(const model::Profile&)>& resolve = nullptr);

}  // namespace callgate::profiles
