// Rules that decide about nothing because others of the same name do: proven by entry_uses().
#include "profiles/lint.h"
#include "profiles/lint/places.h"
#include "profiles/lint/rules.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace callgate::profiles {

namespace {

enum class Cover { same, other, condition_lost };

/// Whether what decides says the same, something else, or leaves nothing of the rule's conditions.
Cover cover_of(const LintSubject& subject, const EntryUse& use) {
    const auto& rule = subject.rule_of(use.entry);
    const bool unconditional = std::any_of(use.covered_by.begin(), use.covered_by.end(),
                                           [&](const Entry& entry) { return subject.rule_of(entry).args.empty(); });
    if (!rule.args.empty() && unconditional) return Cover::condition_lost;
    const bool same = std::all_of(use.covered_by.begin(), use.covered_by.end(), [&](const Entry& entry) {
        return action_of(subject.rule_of(entry)) == action_of(rule);
    });
    return same ? Cover::same : Cover::other;
}

std::string ask(const LintSubject& subject, const EntryUse& use) {
    const auto list = clauses(subject.rule_of(use.entry));
    std::string out;
    for (const auto& clause : list) out += fmt::format("{}{}", out.empty() ? "" : " or ", describe(clause));
    return out;
}

/// One finding for all names of a rule that the same rules cover.
template <typename Words>
void report(const LintSubject& subject, Findings& findings, Cover wanted, const Words& words) {
    std::map<std::pair<std::size_t, std::string>, Finding*> known;
    std::vector<const EntryUse*> covered;
    for (const auto& use : subject.uses()) {
        if (use.kind == EntryUse::Kind::covered && cover_of(subject, use) == wanted) covered.push_back(&use);
    }
    findings.all().reserve(covered.size());
    for (const auto* use : covered) {
        const auto& name = subject.name_of(use->entry);
        std::vector<std::size_t> rules;
        for (const auto& entry : use->covered_by) rules.push_back(entry.rule);
        auto [place, is_new] = known.try_emplace({use->entry.rule, fmt::format("{}", fmt::join(rules, ","))}, nullptr);
        if (is_new) {
            place->second = &findings.add(name.span, words(*use));
            place->second->fix = "take the name out of this rule: the filter stays the same";
        }
        place->second->calls.push_back({name.text, ""});
        place->second->removals.push_back(use->entry);
    }
}

}  // namespace

namespace looks {

void dead_rule(const LintSubject& subject, Findings& findings) {
    report(subject, findings, Cover::other, [&](const EntryUse& use) {
        return fmt::format("{} decides about no call here: {} does, whatever the order of the profile suggests",
                           model::oci_name(subject.rule_of(use.entry).action), rules_at(subject, use.covered_by));
    });
}

void duplicate_rule(const LintSubject& subject, Findings& findings) {
    report(subject, findings, Cover::same,
           [&](const EntryUse& use) { return fmt::format("said already by {}", rules_at(subject, use.covered_by)); });
}

void overridden_condition(const LintSubject& subject, Findings& findings) {
    report(subject, findings, Cover::condition_lost, [&](const EntryUse& use) {
        return fmt::format(
            "the condition ({}) counts for nothing: {} stands without one, and such a rule wins in any order",
            ask(subject, use), rules_at(subject, use.covered_by));
    });
    for (auto& finding : findings.all()) {
        finding.fix =
            "take the names out of the rule without conditions if the condition is meant, out of this one if it is not";
    }
}

}  // namespace looks

}  // namespace callgate::profiles
