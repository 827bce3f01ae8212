#include "profiles/coverage.h"

#include "harness/model/call.h"
#include "profiles/permission.h"
#include "profiles/seen_call.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace callgate::profiles {

namespace {

std::string condition_words(const model::Profile::Rule& rule) {
    std::vector<std::string> alternatives;
    for (const auto& clause : clauses(rule)) alternatives.push_back(describe(clause));
    return fmt::format("{}", fmt::join(alternatives, " or "));
}

}  // namespace

CoverageCounter::CoverageCounter(const model::Profile& profile) : profile_{profile}, attribution_{profile} {
    const auto archs = effective_archs(profile);
    const auto exists = [&](const std::string& name) {
        return std::any_of(archs.begin(), archs.end(),
                           [&](model::Arch arch) { return model::libseccomp_number(arch, name).has_value(); });
    };
    for (std::size_t r = 0; r < profile.rules.size(); ++r) {
        const auto& rule = profile.rules[r];
        if (!permits(rule) || !counts(profile, rule)) continue;
        for (std::size_t n = 0; n < rule.names.size(); ++n) {
            if (!exists(rule.names[n].text)) continue;
            by_entry_[{r, n}] = permissions_.size();
            permissions_.push_back({rule.names[n].text, condition_words(rule), place_of(rule.names[n].span), {}, 0});
        }
    }
}

void CoverageCounter::add(const std::string& case_name, const model::RecordedCall& call) {
    std::uint64_t left = call.count;
    for (const auto& values : call.values) {
        count(case_name, call, values.values, values.count);
        left -= std::min(left, values.count);
    }
    if (left > 0) count(case_name, call, {}, left);
}

void CoverageCounter::count(const std::string& case_name, const model::RecordedCall& call,
                            const std::vector<std::uint64_t>& values, std::uint64_t times) {
    const auto& found = users(call, values);
    for (const auto permission : found.permissions) {
        if (found.sure) {
            permissions_[permission].by_case[case_name] += times;
        } else {
            permissions_[permission].unsure += times;
        }
    }
}

const CoverageCounter::Users& CoverageCounter::users(const model::RecordedCall& call,
                                                     const std::vector<std::uint64_t>& values) {
    const auto [known, is_new] = known_.try_emplace({call.audit_arch, call.nr, values});
    auto& users = known->second;
    if (!is_new) return users;
    const auto [example, condition] = seen_call(call.audit_arch, call.nr, values);
    const auto entries = attribution_.possible_deciders(example, condition);
    for (const auto& entry : entries) {
        const auto permission = entry ? by_entry_.find({entry->rule, entry->name}) : by_entry_.end();
        if (permission != by_entry_.end()) users.permissions.push_back(permission->second);
    }
    users.sure = entries.size() == 1;
    return users;
}

}  // namespace callgate::profiles
