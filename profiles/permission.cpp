#include "profiles/permission.h"

#include "harness/model/action.h"
#include "harness/model/call.h"
#include "profiles/edits.h"
#include "profiles/rewrite.h"
#include "profiles/semantics.h"
#include "profiles/unified_diff.h"

#include <utility>

namespace callgate::profiles {

bool permits(const model::Profile::Rule& rule) {
    return !model::refuses(action_of(rule));
}

std::vector<std::string> permitted_names(const model::Profile& profile) {
    std::vector<std::string> names;
    std::set<std::string> known;
    for (const auto& rule : profile.rules) {
        if (!permits(rule)) continue;
        for (const auto& name : rule.names) {
            if (model::libseccomp_knows(name.text) && known.insert(name.text).second) names.push_back(name.text);
        }
    }
    return names;
}

model::Profile without_permission(const model::Profile& profile, const std::set<std::string>& names) {
    auto stricter = profile;
    for (auto& rule : stricter.rules) {
        if (permits(rule)) std::erase_if(rule.names, [&](const auto& name) { return names.count(name.text) != 0; });
    }
    std::erase_if(stricter.rules, [](const auto& rule) { return rule.names.empty(); });
    return stricter;
}

model::Proposal take_out(const model::Profile& profile, const std::set<std::string>& names) {
    model::Proposal proposal;
    proposal.profile = profile.name;
    proposal.text = profile.span.source->text;
    Changes changes;
    for (std::size_t r = 0; r < profile.rules.size(); ++r) {
        const auto& rule = profile.rules[r];
        for (std::size_t n = 0; permits(rule) && n < rule.names.size(); ++n) {
            if (names.count(rule.names[n].text) != 0) changes.removed_names[r].insert(n);
        }
    }
    if (changes.empty()) return proposal;
    const auto edits = rewrite(profile, changes);
    if (!edits) {
        proposal.complete = false;
        proposal.notes.push_back(edits.error().message);
        return proposal;
    }
    const auto before = std::exchange(proposal.text, apply_edits(proposal.text, *edits));
    proposal.diff = unified_diff(profile.name, before, *edits);
    return proposal;
}

}  // namespace callgate::profiles
