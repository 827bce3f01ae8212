#include "profiles/lint/entry_uses.h"

#include "harness/bpf/partition.h"
#include "harness/model/call.h"
#include "profiles/attribute.h"
#include "profiles/rule_condition.h"
#include "profiles/semantics.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace callgate::profiles {

namespace {

using Kind = EntryUse::Kind;

/// Rules of one name that are compared with each other; real profiles have fewer than ten.
constexpr std::size_t kMostOfOneName = 32;
/// Filters that are compiled for it, some 50 microseconds each.
constexpr std::size_t kMostBuilds = 2'000;

class Uses {
public:
    Uses(const model::Profile& profile, const std::vector<model::Arch>& archs, bool compiles)
        : profile_{profile}, archs_{archs}, comparing_{compiles} {}

    std::vector<EntryUse> find() {
        for (std::size_t r = 0; r < profile_.rules.size(); ++r) {
            const auto& rule = profile_.rules[r];
            const bool counting = counts(profile_, rule);
            const bool possible = !condition_of(rule).alternatives.empty();
            for (std::size_t n = 0; n < rule.names.size(); ++n) {
                uses_.push_back({{r, n}, Kind::decides, {}});
                auto& use = uses_.back();
                if (!counting) {
                    use.kind = Kind::equals_default;
                } else if (!on_any_arch(rule.names[n].text)) {
                    use.kind = Kind::skipped;
                } else if (!possible) {
                    use.kind = Kind::impossible;
                } else {
                    by_name_[rule.names[n].text].push_back(uses_.size() - 1);
                }
            }
        }
        for (const auto& [name, uses] : by_name_) {
            if (!comparing_ || builds_ >= kMostBuilds) break;
            if (uses.size() > 1 && uses.size() <= kMostOfOneName) compare(uses);
        }
        return std::move(uses_);
    }

private:
    [[nodiscard]] bool on_any_arch(const std::string& name) const {
        return std::any_of(archs_.begin(), archs_.end(),
                           [&](model::Arch arch) { return model::libseccomp_number(arch, name).has_value(); });
    }

    /// A profile of these rules alone, with the one name.
    [[nodiscard]] model::Profile only(const std::vector<std::size_t>& uses) const {
        model::Profile small;
        small.name = profile_.name;
        small.default_action = profile_.default_action;
        small.default_action_span = profile_.default_action_span;
        small.default_errno_ret = profile_.default_errno_ret;
        small.architectures = archs_;
        for (const auto index : uses) {
            const auto& entry = uses_[index].entry;
            const auto& rule = profile_.rules[entry.rule];
            auto& copy = small.rules.emplace_back(rule);
            copy.names = {rule.names[entry.name]};
        }
        return small;
    }

    std::optional<bpf::Program> compiled(const std::vector<std::size_t>& uses) {
        ++builds_;
        auto built = build(only(uses), Returns::actions, Layout::list);
        return built ? std::optional{std::move(built->program)} : std::nullopt;
    }

    /// From the last to the first, so that of two that say the same the later one goes; what went stays away.
    void compare(const std::vector<std::size_t>& all) {
        auto left = all;
        auto program = compiled(left);
        for (auto it = all.rbegin(); it != all.rend() && program && left.size() > 1; ++it) {
            auto without = left;
            without.erase(std::find(without.begin(), without.end(), *it));
            auto smaller = compiled(without);
            if (!smaller) {
                // libseccomp can do with all of them and not with fewer: to ask again may take it seconds each time.
                comparing_ = false;
                break;
            }
            const auto differences = bpf::compare(*program, *smaller);
            if (!differences || !differences->empty()) continue;
            uses_[*it].kind = Kind::covered;
            left = std::move(without);
            program = std::move(smaller);
        }
        if (left.size() == all.size()) return;
        const auto small = only(left);
        const Attribution attribution{small};
        for (const auto index : all) {
            if (uses_[index].kind == Kind::covered) cover(uses_[index], left, attribution);
        }
    }

    void cover(EntryUse& use, const std::vector<std::size_t>& left, const Attribution& attribution) {
        const auto& rule = profile_.rules[use.entry.rule];
        for (const auto arch : archs_) {
            const auto nr = model::libseccomp_number(arch, rule.names[use.entry.name].text);
            if (!nr) continue;
            model::Call call;
            call.audit_arch = model::audit_arch(arch);
            call.nr = *nr;
            for (const auto& decider : attribution.deciders(call, condition_of(rule))) {
                const auto& entry = uses_[left[decider.rule]].entry;
                const bool known = std::any_of(use.covered_by.begin(), use.covered_by.end(), [&](const Entry& other) {
                    return other.rule == entry.rule && other.name == entry.name;
                });
                if (!known) use.covered_by.push_back(entry);
            }
        }
        // What libseccomp decides without a rule of its own list (a multiplexed call) still has one to be named.
        if (use.covered_by.empty()) use.covered_by.push_back(uses_[left.front()].entry);
    }

    const model::Profile& profile_;
    const std::vector<model::Arch>& archs_;
    std::vector<EntryUse> uses_;
    std::map<std::string, std::vector<std::size_t>> by_name_;  ///< indices into uses_
    bool comparing_;
    std::size_t builds_ = 0;
};

}  // namespace

std::vector<EntryUse> entry_uses(const model::Profile& profile, const std::vector<model::Arch>& archs, bool compiles) {
    return Uses{profile, archs, compiles}.find();
}

}  // namespace callgate::profiles
