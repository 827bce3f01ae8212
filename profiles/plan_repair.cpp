#include "profiles/plan_repair.h"

#include "harness/model/call.h"
#include "harness/model/syscall_table.h"
#include "profiles/names.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <algorithm>

namespace callgate::profiles {

namespace {

using model::Profile;

std::optional<std::string> oci_arch(model::Arch arch) {
    for (const auto& info : model::known_archs()) {
        if (info.arch == arch) return std::string{info.oci_name};
    }
    return std::nullopt;
}

class Planner {
public:
    Planner(const Profile& profile, const model::Call& call) : profile_{profile}, call_{call} {}

    RepairPlan plan() {
        plan_.name = model::syscall_name(call_.audit_arch, call_.nr);
        const auto arch = model::arch_of_call(call_.audit_arch, call_.nr);
        if (!model::libseccomp_knows(plan_.name)) return impossible(unknown_to_libseccomp(arch));
        if (!add_arch(arch)) {
            return impossible(fmt::format("{} is no architecture that a profile can name", model::arch_name(arch)));
        }
        if (model::refuses(default_action(profile_))) {
            permit_by_rule();
        } else {
            refuse_no_longer();
        }
        return std::move(plan_);
    }

private:
    RepairPlan impossible(std::string why) {
        plan_.possible = false;
        plan_.notes.push_back(std::move(why));
        return std::move(plan_);
    }

    std::string unknown_to_libseccomp(model::Arch arch) const {
        const auto* call = model::find_syscall(plan_.name);
        if (call == nullptr) {
            return fmt::format("{} on {} has no name in libseccomp {}: no profile can permit it", plan_.name,
                               model::arch_name(arch), libseccomp_version());
        }
        return fmt::format("{} is unknown to libseccomp {} ({}): with it no profile can permit it", plan_.name,
                           libseccomp_version(), since(*call));
    }

    bool add_arch(model::Arch arch) {
        const auto archs = effective_archs(profile_);
        if (std::find(archs.begin(), archs.end(), arch) != archs.end()) return true;
        plan_.arch = oci_arch(arch);
        if (!plan_.arch) return false;
        plan_.notes.push_back(fmt::format(
            "{} is added to the architectures: all that the profile permits is then permitted to {} code too",
            *plan_.arch, model::arch_name(arch)));
        return true;
    }

    [[nodiscard]] bool names_it(const Profile::Rule& rule) const {
        return counts(profile_, rule) && std::any_of(rule.names.begin(), rule.names.end(),
                                                     [&](const Profile::Name& n) { return n.text == plan_.name; });
    }

    void remove_from(std::size_t rule) {
        for (std::size_t name = 0; name < profile_.rules[rule].names.size(); ++name) {
            if (profile_.rules[rule].names[name].text == plan_.name) plan_.removals.push_back({rule, name});
        }
    }

    /// Where the default refuses: an unconditional rule must permit the name, and the first such rule wins.
    void permit_by_rule() {
        const auto& rules = profile_.rules;
        std::size_t winner = rules.size();
        plan_.add = true;
        for (std::size_t r = 0; r < rules.size(); ++r) {
            if (!rules[r].args.empty() || model::refuses(action_of(rules[r])) || !counts(profile_, rules[r])) continue;
            if (names_it(rules[r])) {
                plan_.add = false;
                plan_.target.reset();
                winner = r;
                break;
            }
            if (rules[r].action != Profile::ActionName::allow) continue;
            // A comment says something of the names that are there.
            if (!plan_.target || (!rules[*plan_.target].comment.empty() && rules[r].comment.empty())) {
                plan_.target = r;
                winner = r;
            }
        }
        for (std::size_t r = 0; r < winner; ++r) {
            if (rules[r].args.empty() && model::refuses(action_of(rules[r])) && names_it(rules[r])) remove_from(r);
        }
        if (plan_.add || !plan_.removals.empty()) note_overridden();
    }

    /// Where the default permits: the rules that refuse this call lose the name.
    void refuse_no_longer() {
        for (std::size_t r = 0; r < profile_.rules.size(); ++r) {
            const auto& rule = profile_.rules[r];
            if (!model::refuses(action_of(rule)) || !names_it(rule) || !matches(rule, call_)) continue;
            remove_from(r);
            if (rule.args.empty()) continue;
            plan_.notes.push_back(fmt::format("{}: the argument filter at line {} no longer refuses it", plan_.name,
                                              rule.args.front().span.position().line));
        }
    }

    void note_overridden() {
        for (const auto& rule : profile_.rules) {
            if (rule.args.empty() || !names_it(rule)) continue;
            plan_.notes.push_back(fmt::format("{}: an unconditional rule overrides the argument filter at line {}",
                                              plan_.name, rule.args.front().span.position().line));
        }
    }

    const Profile& profile_;
    const model::Call& call_;
    RepairPlan plan_;
};

}  // namespace

RepairPlan plan_repair(const Profile& profile, const model::Call& call) {
    return Planner{profile, call}.plan();
}

}  // namespace callgate::profiles
