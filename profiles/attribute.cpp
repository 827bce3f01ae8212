#include "profiles/attribute.h"

#include "harness/bpf/evaluate.h"
#include "profiles/plan_repair.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <vector>

namespace callgate::profiles {

const Built& Attribution::labelled() const {
    std::call_once(compiled_, [this] {
        if (auto built = build(profile_, Returns::entries)) labelled_ = std::move(*built);
    });
    return labelled_;
}

std::optional<Entry> Attribution::decider(const model::Call& call) const {
    const auto& [program, entries] = labelled();
    if (program.empty()) return std::nullopt;
    const auto answer = model::Action::from_return(bpf::evaluate(program, call));
    if (answer.kind != model::ActionKind::trace || answer.data >= entries.size()) return std::nullopt;
    return entries[answer.data];
}

std::optional<Entry> Attribution::first_that_says(const model::Call& call, model::Action action) const {
    const auto name = model::syscall_name(call.audit_arch, call.nr);
    for (std::size_t r = 0; r < profile_.rules.size(); ++r) {
        const auto& rule = profile_.rules[r];
        if (action_of(rule) != action || !counts(profile_, rule) || !matches(rule, call)) continue;
        for (std::size_t n = 0; n < rule.names.size(); ++n) {
            if (rule.names[n].text == name) return Entry{r, n};
        }
    }
    return std::nullopt;
}

model::Place Attribution::rule_of(const model::Call& call, model::Action action) const {
    auto entry = decider(call);
    // A rule that says something else than the filter did cannot be the one.
    if (entry && action_of(profile_.rules[entry->rule]) != action) entry = first_that_says(call, action);
    return entry ? place_of(profile_.rules[entry->rule].names[entry->name].span)
                 : place_of(profile_.default_action_span);
}

model::Place rule_of(const model::Profile& profile, const model::Call& call, model::Action action) {
    return Attribution{profile}.rule_of(call, action);
}

std::string fix_of(const model::Profile& profile, const model::Call& call) {
    const auto plan = plan_repair(profile, call);
    if (!plan.possible) return plan.notes.empty() ? std::string{} : plan.notes.front();
    std::vector<std::string> steps;
    if (plan.arch) steps.push_back(fmt::format("add \"{}\" to the architectures of {}", *plan.arch, profile.name));
    for (const auto& [r, n] : plan.removals) {
        const auto& rule = profile.rules[r];
        steps.push_back(fmt::format("remove \"{}\" from the rule at {} ({})", rule.names[n].text,
                                    file_and_line(rule.span), oci_name(rule.action)));
    }
    if (plan.add && plan.target) {
        steps.push_back(fmt::format("add \"{}\" to the names of the rule at {}", plan.name,
                                    file_and_line(profile.rules[*plan.target].span)));
    } else if (plan.add) {
        steps.push_back(fmt::format("add a rule that permits \"{}\" (SCMP_ACT_ALLOW) to {}", plan.name, profile.name));
    }
    if (steps.empty()) return fmt::format("nothing: {} permits \"{}\"", profile.name, plan.name);
    return fmt::format("{}", fmt::join(steps, " and "));
}

}  // namespace callgate::profiles
