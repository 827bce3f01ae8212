#include "profiles/audit_verdict.h"

#include "profiles/repair.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace callgate::profiles {

namespace {

using Kind = AuditVerdict::Kind;

std::string call_words(const model::Call& call) {
    return fmt::format("{} on {}", model::syscall_name(call.audit_arch, call.nr),
                       model::arch_name(model::arch_of_call(call.audit_arch, call.nr)));
}

/// The first rule for the call that asks for arguments; null where there is none.
const model::Profile::Rule* rule_with_arguments(const model::Profile& profile, const model::Call& call) {
    const auto name = model::syscall_name(call.audit_arch, call.nr);
    const auto found = std::find_if(profile.rules.begin(), profile.rules.end(), [&](const model::Profile::Rule& rule) {
        return !rule.args.empty() && counts(profile, rule) &&
               std::any_of(rule.names.begin(), rule.names.end(), [&](const auto& n) { return n.text == name; });
    });
    return found == profile.rules.end() ? nullptr : &*found;
}

bool by_default(const AuditVerdict& verdict) {
    return !verdict.regions.empty() && !verdict.regions.front().deciders.empty() &&
           verdict.regions.front().deciders.front().by == Decider::By::default_action;
}

/// What a repair has to look at as refused: a profile that logs what it does not name is repaired by naming it.
model::Profile as_refusing(model::Profile profile) {
    // Of all that refuse, the one that no rule says: a rule like the default action is none (counts()).
    if (profile.default_action == model::Profile::ActionName::log) {
        profile.default_action = model::Profile::ActionName::trap;
        profile.default_errno_ret.reset();
    }
    return profile;
}

}  // namespace

bool AuditVerdict::counts(const AuditFinding& finding) const {
    return finding.refused() || kind != Kind::permitted;
}

AuditVerdict judge(const Filter& filter, const AuditFinding& finding) {
    auto regions = regions_of(filter, finding.call);
    if (!regions) return {Kind::unknown, {}, false, regions.error().message};
    const auto that = [&](auto&& holds) {
        std::vector<CallRegion> chosen;
        std::copy_if(regions->begin(), regions->end(), std::back_inserter(chosen), holds);
        return chosen;
    };
    const auto refusing = [](const CallRegion& region) { return model::refuses(region.action); };
    AuditVerdict verdict;
    verdict.kind = Kind::by_profile;
    verdict.regions = finding.action
                          ? that([&](const CallRegion& region) { return region.action.kind == *finding.action; })
                          : that(refusing);
    if (verdict.regions.empty()) {
        verdict.kind = finding.refused() ? Kind::otherwise : Kind::would_refuse;
        verdict.regions = that(refusing);
    }
    if (verdict.regions.empty()) {
        verdict.kind = Kind::permitted;
        verdict.regions = *regions;
    }
    verdict.by_arguments = verdict.regions.size() < regions->size();
    return verdict;
}

AuditRepair repair(const Filter& filter, std::span<const AuditFinding> findings, std::span<const AuditVerdict> verdicts,
                   const std::function<model::Profile(const model::Profile&)>& resolve) {
    AuditRepair result;
    result.proposal.profile = filter.name();
    const auto* profile = filter.profile();
    if (profile == nullptr) {
        result.left.push_back(fmt::format("{} is a compiled filter and has no rules to repair", filter.name()));
        return result;
    }
    std::vector<model::Call> calls;
    for (std::size_t i = 0; i < findings.size(); ++i) {
        const auto& finding = findings[i];
        const auto& verdict = verdicts[i];
        if (verdict.kind == Kind::unknown) {
            result.left.push_back(fmt::format("{}: {}", call_words(finding.call), verdict.problem));
            continue;
        }
        if (verdict.kind != Kind::by_profile && verdict.kind != Kind::would_refuse) continue;
        if (!finding.refused() && verdict.kind == Kind::by_profile && !by_default(verdict)) {
            result.left.push_back(fmt::format("{}: {} logs it and permits it", call_words(finding.call),
                                              decider_words(filter, verdict.regions.front().deciders.front())));
            continue;
        }
        const auto* rule = rule_with_arguments(*profile, finding.call);
        if (rule != nullptr || verdict.by_arguments) {
            result.left.push_back(fmt::format(
                "{}: {} on its arguments, which no record has: a rule without them would permit more than was "
                "refused. `callgate test` in log mode shows the arguments",
                call_words(finding.call),
                rule == nullptr ? "the answer depends"
                                : fmt::format("the rule at {} depends", file_and_line(rule->span))));
            continue;
        }
        if (std::find(calls.begin(), calls.end(), finding.call) == calls.end()) calls.push_back(finding.call);
    }
    if (!calls.empty()) result.proposal = repair(as_refusing(*profile), calls, resolve);
    return result;
}

}  // namespace callgate::profiles
