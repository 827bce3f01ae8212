// Rules that runtimes read otherwise than they seem to say.
#include "harness/decode/witness_text.h"
#include "harness/model/call.h"
#include "profiles/builder.h"
#include "profiles/condition_words.h"
#include "profiles/lint.h"
#include "profiles/lint/places.h"
#include "profiles/lint/rules.h"
#include "profiles/rule_condition.h"
#include "profiles/semantics.h"
#include "profiles/shared_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace callgate::profiles {

namespace {

using model::Profile;

/// Contradictions of a hostile profile that are told.
constexpr std::size_t kMostFindings = 100;

bool repeats_an_index(const Profile::Rule& rule) {
    std::set<unsigned> seen;
    return std::any_of(rule.args.begin(), rule.args.end(),
                       [&](const Profile::Argument& argument) { return !seen.insert(argument.index).second; });
}

/// All filters test one argument for being equal to something: read with "and", no call would ever meet them.
bool lists_values(const Profile::Rule& rule) {
    return std::all_of(rule.args.begin(), rule.args.end(), [&](const Profile::Argument& argument) {
        return argument.op == Profile::Operator::eq && argument.index == rule.args.front().index;
    });
}

/// A call that meets one of the clauses and not all filters; none where every call that meets one meets all.
std::optional<model::Call> half_met(const LintSubject& subject, const Profile::Rule& rule) {
    for (const auto& name : rule.names) {
        for (const auto arch : subject.archs()) {
            for (const auto& region : subject.regions(arch, name.text)) {
                if (model::Action::from_return(region.returned) != action_of(rule)) continue;
                const auto all =
                    std::all_of(rule.args.begin(), rule.args.end(), [&](const Profile::Argument& argument) {
                        Profile::Rule single;
                        single.args = {argument};
                        return matches(single, region.witness);
                    });
                if (!all && matches(rule, region.witness)) return region.witness;
            }
        }
    }
    return std::nullopt;
}

void add_names(Finding& finding, const Profile::Rule& rule) {
    for (const auto& name : rule.names) finding.calls.push_back({name.text, ""});
}

}  // namespace

namespace looks {

void repeated_index(const LintSubject& subject, Findings& findings) {
    for (const auto& rule : subject.profile().rules) {
        if (!counts(subject.profile(), rule) || !repeats_an_index(rule)) continue;
        std::vector<std::string> single;
        for (const auto& clause : clauses(rule)) single.push_back(describe(clause));
        auto& finding = findings.add(
            rule.args.front().span,
            fmt::format(
                "an argument is tested more than once, so runtimes make a rule of every filter: \"{}\" and not \"{}\"",
                fmt::join(single, " or "), fmt::join(single, " and ")));
        if (lists_values(rule)) finding.severity = core::Severity::note;
        add_names(finding, rule);
        if (const auto call = half_met(subject, rule)) {
            finding.witness = fmt::format("{}: {}", decode::witness_text(*call, touched_by(condition_of(rule))),
                                          answer_to(subject, *call));
        }
        finding.fix =
            "write one rule per alternative; a range needs a mask (SCMP_CMP_MASKED_EQ) or rules for what is outside";
    }
}

void equals_default(const LintSubject& subject, Findings& findings) {
    const auto& profile = subject.profile();
    const Profile::Rule* last = nullptr;
    Finding* finding = nullptr;
    findings.all().reserve(profile.rules.size());
    for (const auto& use : subject.uses()) {
        if (use.kind != EntryUse::Kind::equals_default) continue;
        const auto& rule = subject.rule_of(use.entry);
        if (&rule != last) {
            finding = &findings.add(
                rule.span, fmt::format("{} is the default action as well: runtimes leave the rule out, old ones "
                                       "refuse to start with it",
                                       model::describe(action_of(rule))));
            finding->fix =
                model::refuses(action_of(rule))
                    ? "take the rule out; if only these calls are to be refused, the default action must permit"
                    : "take the rule out";
            if (subject.profile().rules.size() == 1) finding->fix += "; nothing else is said here than the default";
            last = &rule;
        }
        finding->calls.push_back({subject.name_of(use.entry).text, ""});
        finding->removals.push_back(use.entry);
    }
}

/// A profile of the earlier rule and the entry alone, both with the entry's name.
Profile of_two(const LintSubject& subject, std::size_t earlier, const Entry& entry) {
    const auto& profile = subject.profile();
    Profile small;
    small.default_action = profile.default_action;
    small.default_errno_ret = profile.default_errno_ret;
    small.architectures = subject.archs();
    for (const auto index : {earlier, entry.rule}) {
        auto& copy = small.rules.emplace_back(profile.rules[index]);
        copy.names = {subject.name_of(entry)};
    }
    return small;
}

void contradiction(const LintSubject& subject, Findings& findings) {
    const auto& profile = subject.profile();
    // By name and clause: runtimes add one clause after the other, and libseccomp takes the first for each.
    std::map<std::pair<std::string, std::string>, Entry> first;
    for (std::size_t r = 0; r < profile.rules.size(); ++r) {
        const auto& rule = profile.rules[r];
        if (!counts(profile, rule) || rule.args.empty()) continue;
        for (std::size_t n = 0; n < rule.names.size(); ++n) {
            for (const auto& clause : clauses(rule)) {
                const auto [known, is_new] = first.try_emplace({rule.names[n].text, describe(clause)}, Entry{r, n});
                if (is_new || action_of(profile.rules[known->second.rule]) == action_of(rule)) continue;
                if (findings.all().size() >= kMostFindings) return;
                if (build(of_two(subject, known->second.rule, {r, n}), Returns::actions, Layout::list)) continue;
                auto& finding = findings.add(
                    rule.names[n].span,
                    fmt::format(
                        "{} where {}, and {} says otherwise: libseccomp takes one of them only (EEXIST), so that "
                        "runc and crun refuse to start",
                        model::describe(action_of(rule)), describe(clause), rules_at(subject, {&known->second, 1})));
                finding.calls.push_back({rule.names[n].text, ""});
                finding.fix = "take one of the two out";
            }
        }
    }
}

void endless_compilation(const LintSubject& subject, Findings& findings) {
    if (subject.filter() != nullptr) return;
    struct Said {
        Entry entry;
        Clause clause;
    };
    const auto& profile = subject.profile();
    std::map<std::string, std::vector<Said>> by_name;
    for (std::size_t r = 0; r < profile.rules.size(); ++r) {
        const auto& rule = profile.rules[r];
        if (!counts(profile, rule) || rule.args.size() < 2) continue;
        for (std::size_t n = 0; n < rule.names.size(); ++n) {
            auto& said = by_name[rule.names[n].text];
            for (const auto& clause : clauses(rule)) {
                for (const auto& other : said) {
                    if (!share_a_test(other.clause, clause) || describe(other.clause) == describe(clause)) continue;
                    if (build(of_two(subject, other.entry.rule, {r, n}), Returns::actions, Layout::list)) continue;
                    auto& finding = findings.add(
                        rule.names[n].span,
                        fmt::format("libseccomp {} does not come to an end with {} after {}, {}: runc and crun hang",
                                    libseccomp_version(), describe(clause), describe(other.clause),
                                    rules_at(subject, {&other.entry, 1})));
                    finding.calls.push_back({rule.names[n].text, ""});
                    finding.fix =
                        "put this rule before the other one, or say the test that both make in other words in one of "
                        "them: < 5 is <= 4";
                    // To look for another pair would take seconds for each.
                    return;
                }
                said.push_back({{r, n}, clause});
            }
        }
    }
}

void impossible_condition(const LintSubject& subject, Findings& findings) {
    const Profile::Rule* last = nullptr;
    Finding* finding = nullptr;
    findings.all().reserve(subject.profile().rules.size());
    for (const auto& use : subject.uses()) {
        if (use.kind != EntryUse::Kind::impossible) continue;
        const auto& rule = subject.rule_of(use.entry);
        if (&rule != last) {
            std::vector<std::string> single;
            for (const auto& clause : clauses(rule)) single.push_back(describe(clause));
            finding = &findings.add(
                rule.args.front().span,
                fmt::format("no call meets \"{}\": the rule decides about nothing", fmt::join(single, " or ")));
            finding->fix =
                "of SCMP_CMP_MASKED_EQ 'value' is the mask and 'valueTwo' what is left under it; nothing is less than "
                "0";
            last = &rule;
        }
        finding->calls.push_back({subject.name_of(use.entry).text, ""});
    }
}

}  // namespace looks

}  // namespace callgate::profiles
