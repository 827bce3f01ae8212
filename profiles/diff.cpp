#include "profiles/diff.h"

#include "profiles/semantics.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace callgate::profiles {

namespace {

using model::Profile;

/// What a profile says of one system call: an action for each clause, "" for every argument.
struct Verdict {
    std::map<std::string, model::Action> clauses;
    const Profile::Name* name = nullptr;

    [[nodiscard]] bool unconditional() const { return clauses.count("") != 0; }
};

/// As libseccomp has it: of two unconditional rules the first one wins, and it beats every argument filter.
std::map<std::string, Verdict> verdicts(const Profile& profile) {
    std::map<std::string, Verdict> all;
    for (const auto& rule : profile.rules) {
        if (!counts(profile, rule)) continue;
        for (const auto& name : rule.names) {
            auto& verdict = all[name.text];
            if (verdict.unconditional()) continue;
            if (rule.args.empty()) verdict = {};
            if (verdict.name == nullptr) verdict.name = &name;
            for (auto& clause : clauses(rule))
                verdict.clauses.try_emplace(describe(std::move(clause)), action_of(rule));
        }
    }
    return all;
}

/// The clauses that `other` does not have in the same words.
std::string words(const Verdict& verdict, const Verdict& other) {
    std::vector<std::string> parts;
    for (const auto& [condition, action] : verdict.clauses) {
        const auto same = other.clauses.find(condition);
        if (same != other.clauses.end() && same->second == action) continue;
        parts.push_back(condition.empty() ? model::describe(action)
                                          : fmt::format("{} when {}", model::describe(action), condition));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

class Differ {
public:
    Differ(const Profile& a, const Profile& b) : a_{a}, b_{b} {}

    std::vector<Difference> differences() {
        compare_defaults();
        compare_words(Difference::Subject::architecture, architectures(a_), architectures(b_));
        compare_words(Difference::Subject::flag, flags(a_), flags(b_));
        compare_listener("listenerPath", a_.listener_path, b_.listener_path);
        compare_listener("listenerMetadata", a_.listener_metadata, b_.listener_metadata);
        compare_calls();
        return std::move(found_);
    }

private:
    using Kind = Difference::Kind;
    using Subject = Difference::Subject;

    static std::set<std::string> architectures(const Profile& profile) {
        std::set<std::string> names;
        for (const auto& info : model::known_archs()) {
            const auto& listed = profile.architectures;
            if (std::find(listed.begin(), listed.end(), info.arch) != listed.end()) names.emplace(info.oci_name);
        }
        return names;
    }

    static std::set<std::string> flags(const Profile& profile) {
        if (!profile.flags) return {"SECCOMP_FILTER_FLAG_SPEC_ALLOW"};
        std::set<std::string> names{profile.flags->begin(), profile.flags->end()};
        names.erase("SECCOMP_FILTER_FLAG_TSYNC");  // runtimes take it and do nothing with it
        return names;
    }

    void compare_defaults() {
        const auto before = default_action(a_);
        const auto after = default_action(b_);
        if (before == after) return;
        found_.push_back({Kind::changed, Subject::default_action, "defaultAction", model::describe(before),
                          model::describe(after), place_of(a_.default_action_span), place_of(b_.default_action_span)});
    }

    void compare_words(Subject subject, const std::set<std::string>& before, const std::set<std::string>& after) {
        std::set<std::string> all = before;
        all.insert(after.begin(), after.end());
        for (const auto& word : all) {
            const bool was = before.count(word) != 0;
            const bool is = after.count(word) != 0;
            if (was == is) continue;
            found_.push_back({is ? Kind::added : Kind::removed, subject, word, "", "", {}, {}});
        }
    }

    void compare_listener(std::string name, const std::optional<std::string>& before,
                          const std::optional<std::string>& after) {
        if (before == after) return;
        const auto kind = !before ? Kind::added : !after ? Kind::removed : Kind::changed;
        found_.push_back({kind, Subject::listener, std::move(name), before.value_or(""), after.value_or(""), {}, {}});
    }

    void compare_calls() {
        const auto before = verdicts(a_);
        const auto after = verdicts(b_);
        std::set<std::string> names;
        for (const auto& [name, verdict] : before) names.insert(name);
        for (const auto& [name, verdict] : after) names.insert(name);
        for (const auto& name : names) {
            const auto was = before.find(name);
            const auto is = after.find(name);
            compare_call(name, was == before.end() ? nullptr : &was->second, is == after.end() ? nullptr : &is->second);
        }
    }

    /// A null verdict: the profile has no rule for the call.
    void compare_call(const std::string& name, const Verdict* was, const Verdict* is) {
        const Verdict before = was != nullptr ? *was : Verdict{{{"", default_action(a_)}}, nullptr};
        const Verdict after = is != nullptr ? *is : Verdict{{{"", default_action(b_)}}, nullptr};
        if (before.clauses == after.clauses) return;
        const auto kind = was == nullptr ? Kind::added : is == nullptr ? Kind::removed : Kind::changed;
        auto old_words = words(before, after);
        auto new_words = words(after, before);
        // Clauses that only one side has leave the other to its default action.
        if (old_words.empty()) old_words = model::describe(default_action(a_));
        if (new_words.empty()) new_words = model::describe(default_action(b_));
        found_.push_back(
            {kind, Subject::syscall, name, std::move(old_words), std::move(new_words), place(before), place(after)});
    }

    static model::Place place(const Verdict& verdict) {
        return verdict.name == nullptr ? model::Place{} : place_of(verdict.name->span);
    }

    const Profile& a_;
    const Profile& b_;
    std::vector<Difference> found_;
};

}  // namespace

std::vector<Difference> diff(const Profile& a, const Profile& b) {
    return Differ{a, b}.differences();
}

}  // namespace callgate::profiles
