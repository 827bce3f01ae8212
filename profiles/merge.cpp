#include "profiles/merge.h"

#include "profiles/diff_settings.h"
#include "profiles/merge_proof.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace callgate::profiles {

namespace {

using model::Profile;

bool contains(const std::vector<model::Arch>& archs, model::Arch arch) {
    return std::find(archs.begin(), archs.end(), arch) != archs.end();
}

/// Every architecture that one of them lists.
std::vector<model::Arch> listed_by_any(std::span<const Filter> inputs) {
    std::vector<model::Arch> archs;
    for (const auto& input : inputs) {
        for (const auto arch : effective_archs(*input.profile())) {
            if (!contains(archs, arch)) archs.push_back(arch);
        }
    }
    return archs;
}

bool lists(const Filter& input, model::Arch arch) {
    return contains(effective_archs(*input.profile()), arch);
}

std::vector<model::Arch> archs_of(std::span<const Filter> inputs, Combination how) {
    auto archs = listed_by_any(inputs);
    if (how == Combination::any) return archs;
    std::erase_if(archs, [&](model::Arch arch) {
        return !std::all_of(inputs.begin(), inputs.end(), [&](const Filter& input) { return lists(input, arch); });
    });
    return archs;
}

Profile::ActionName name_of(model::ActionKind kind) {
    switch (kind) {
        case model::ActionKind::kill_process:
            return Profile::ActionName::kill_process;
        case model::ActionKind::kill_thread:
            return Profile::ActionName::kill_thread;
        case model::ActionKind::trap:
            return Profile::ActionName::trap;
        case model::ActionKind::error:
            return Profile::ActionName::error;
        case model::ActionKind::user_notif:
            return Profile::ActionName::notify;
        case model::ActionKind::trace:
            return Profile::ActionName::trace;
        case model::ActionKind::log:
            return Profile::ActionName::log;
        case model::ActionKind::allow:
            return Profile::ActionName::allow;
    }
    return Profile::ActionName::kill_process;
}

/// Names for which the same is said.
struct Group {
    Answers::Case said;
    std::string comment;
    std::vector<Profile::Name> names;
};

/// By name, where it is not Detail::answers.
using Details = std::map<std::string, Detail>;

class Merger {
public:
    Merger(std::span<const Filter> inputs, Combination how, const Details& details)
        : inputs_{inputs}, how_{how}, details_{details} {
        for (const auto& input : inputs_) {
            rules_.push_back(by_name(*input.profile()));
            auto& of_names = by_text_.emplace_back();
            for (const auto& rules : rules_.back()) of_names.emplace(rules.name.text, &rules);
            remember_comments(*input.profile());
        }
    }

    Profile merge() {
        take_what_is_not_in_rules();
        std::set<std::string> done;
        for (const auto& rules : rules_) {
            for (const auto& of_name : rules) {
                if (done.insert(of_name.name.text).second) add(of_name.name);
            }
        }
        for (auto& group : groups_) write(group);
        return std::move(merged_);
    }

private:
    [[nodiscard]] const Profile& input(std::size_t i) const { return *inputs_[i].profile(); }

    /// The first word for people on a rule that says this of the name.
    void remember_comments(const Profile& profile) {
        for (const auto& rule : profile.rules) {
            if (rule.comment.empty()) continue;
            for (const auto& name : rule.names) comments_.emplace(std::pair{name.text, action_of(rule)}, rule.comment);
        }
    }

    void take_what_is_not_in_rules() {
        std::size_t decides = 0;
        for (std::size_t i = 1; i < inputs_.size(); ++i) {
            const auto action = default_action(input(i));
            if (prevails(how_, i, action, decides, default_action(input(decides)))) decides = i;
        }
        merged_.format = input(0).format;
        merged_.default_action = input(decides).default_action;
        merged_.default_errno_ret = input(decides).default_errno_ret;
        merged_.default_action_span = input(decides).default_action_span;
        const auto native = effective_archs(input(0)).front();
        if (native != model::native_arch()) merged_.native = native;
        const bool archs_said = std::any_of(inputs_.begin(), inputs_.end(),
                                            [](const Filter& one) { return !one.profile()->architectures.empty(); });
        if (archs_said) merged_.architectures = archs_of(inputs_, how_);
        merged_.flags = input(0).flags;
        for (const auto& one : inputs_) {
            if (merged_.listener_path || !one.profile()->listener_path) continue;
            merged_.listener_path = one.profile()->listener_path;
            merged_.listener_metadata = one.profile()->listener_metadata;
        }
    }

    void add(const Profile::Name& name) {
        std::vector<Answers> all;
        for (std::size_t i = 0; i < inputs_.size(); ++i) {
            const auto found = by_text_[i].find(name.text);
            all.push_back(
                answers_of(inputs_[i], name.text, found == by_text_[i].end() ? nullptr : found->second, effort_));
        }
        const auto detail = details_.find(name.text);
        for (auto& said : combined(all, how_, default_action(merged_),
                                   detail == details_.end() ? Detail::answers : detail->second, effort_)) {
            const auto comment = comments_.find({name.text, said.action});
            group_of(std::move(said), comment == comments_.end() ? "" : comment->second).names.push_back(name);
        }
    }

    Group& group_of(Answers::Case said, const std::string& comment) {
        std::string words;
        for (const auto& clause : said.when) words += describe(clause) + " or ";
        const auto [known, is_new] = index_.try_emplace({said.action, words, comment}, groups_.size());
        if (is_new) groups_.push_back({std::move(said), comment, {}});
        return groups_[known->second];
    }

    void write(Group& group) {
        std::sort(group.names.begin(), group.names.end(), [](const auto& a, const auto& b) { return a.text < b.text; });
        for (const auto& clause : group.said.when) {
            Profile::Rule rule;
            rule.names = group.names;
            rule.action = name_of(group.said.action.kind);
            if (takes_errno(rule.action) && group.said.action.data != EPERM) rule.errno_ret = group.said.action.data;
            rule.args = clause;
            rule.comment = group.comment;
            rule.span = group.names.front().span;
            merged_.rules.push_back(std::move(rule));
        }
    }

    std::span<const Filter> inputs_;
    Combination how_;
    const Details& details_;
    Effort effort_;
    std::vector<std::vector<CallRules>> rules_;  ///< of each input
    std::vector<std::map<std::string, const CallRules*>> by_text_;
    std::map<std::pair<std::string, model::Action>, std::string> comments_;
    std::map<std::tuple<model::Action, std::string, std::string>, std::size_t> index_;
    std::vector<Group> groups_;
    Profile merged_;
};

/// Names with argument filters and more than one answer.
std::set<std::string> ambiguous_names(const Profile& merged) {
    std::map<std::string, std::set<model::Action>> answers;
    std::set<std::string> filtered;
    for (const auto& rule : merged.rules) {
        for (const auto& name : rule.names) {
            answers[name.text].insert(action_of(rule));
            if (!rule.args.empty()) filtered.insert(name.text);
        }
    }
    std::erase_if(filtered, [&](const std::string& name) { return answers[name].size() < 2; });
    return filtered;
}

/// The names whose rules keep the profile from being what was promised. Empty too where nothing is known.
std::set<std::string> names_that_break(std::span<const Filter> inputs, Combination how, const Profile& merged) {
    const auto filter = Filter::of(merged);
    if (!filter) return ambiguous_names(merged);
    const auto proof = prove(inputs, how, *filter);
    std::set<std::string> names;
    if (!proof) return names;
    for (const auto& deviation : proof->permissions) {
        if (!is_broken_by(how, deviation)) continue;
        for (const auto& call : deviation.calls) names.insert(call.substr(0, call.find(' ')));
    }
    return names;
}

}  // namespace

core::Result<Profile> merge(std::span<const Filter> inputs, Combination how) {
    const auto machine = effective_archs(*inputs.front().profile()).front();
    for (const auto& input : inputs) {
        const auto other = effective_archs(*input.profile()).front();
        if (other == machine) continue;
        return core::fail(fmt::format("{} is made for {}, {} for {}: no filter is both", inputs.front().name(),
                                      model::arch_name(machine), input.name(), model::arch_name(other)));
    }
    // Where libseccomp makes something else of the rules for a call than they say, or takes some of them for a
    // contradiction, less is told apart.
    Details details;
    for (;;) {
        auto merged = Merger{inputs, how, details}.merge();
        const auto before = details;
        for (const auto& name : names_that_break(inputs, how, merged)) {
            const auto [known, is_new] = details.try_emplace(name, Detail::permission);
            if (!is_new) known->second = Detail::name;
        }
        if (details == before) return merged;
    }
}

std::vector<std::string> merge_notes(std::span<const Filter> inputs, Combination how, const Profile& merged) {
    std::vector<std::string> notes;
    for (const auto arch : listed_by_any(inputs)) {
        std::vector<std::string> with;
        std::vector<std::string> without;
        for (const auto& input : inputs) (lists(input, arch) ? with : without).push_back(input.name());
        if (without.empty()) continue;
        notes.push_back(fmt::format("{} is {}: of the profiles only {} {} it{}", model::arch_name(arch),
                                    how == Combination::any ? "listed" : "left out", listed(with),
                                    with.size() == 1 ? "lists" : "list",
                                    how == Combination::any ? ", and every rule holds there as well"
                                                            : ", and every call of it ends the thread"));
    }
    for (const auto& input : inputs) {
        for (const auto& change : setting_changes(*input.profile(), merged)) {
            const auto shown = [](const std::string& value) { return value.empty() ? std::string{"nothing"} : value; };
            notes.push_back(fmt::format("{}: {} in {}, {} here", change.name, shown(change.before), input.name(),
                                        shown(change.after)));
        }
    }
    return notes;
}

}  // namespace callgate::profiles
