#include "profiles/attribute.h"

#include "harness/bpf/evaluate.h"
#include "harness/bpf/example.h"
#include "harness/bpf/partition.h"
#include "profiles/plan_repair.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

namespace callgate::profiles {

const Built& Attribution::by_rule() const {
    std::call_once(by_rule_compiled_, [this] {
        if (auto built = build(profile_, Returns::rules)) by_rule_ = std::move(*built);
    });
    return by_rule_;
}

const Built& Attribution::by_entry() const {
    std::call_once(by_entry_compiled_, [this] {
        if (auto built = build(profile_, Returns::entries)) by_entry_ = std::move(*built);
    });
    return by_entry_;
}

std::optional<std::size_t> Attribution::label(const bpf::Program& program, const model::Call& call) {
    if (program.empty()) return std::nullopt;
    const auto answer = model::Action::from_return(bpf::evaluate(program, call));
    return answer.kind == model::ActionKind::trace ? std::optional<std::size_t>{answer.data} : std::nullopt;
}

std::optional<Entry> Attribution::decider(const model::Call& call) const {
    const auto index = label(by_rule().program, call);
    if (!index || *index >= profile_.rules.size()) return std::nullopt;
    const auto& names = profile_.rules[*index].names;
    const auto name = model::syscall_name(call.audit_arch, call.nr);
    const auto found = std::find_if(names.begin(), names.end(), [&](const auto& n) { return n.text == name; });
    if (found != names.end()) return Entry{*index, static_cast<std::size_t>(found - names.begin())};
    const auto& [program, entries] = by_entry();
    const auto entry = label(program, call);
    return entry && *entry < entries.size() ? std::optional{entries[*entry]} : std::nullopt;
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

std::optional<Entry> Attribution::entry_of(const model::Call& call, model::Action action) const {
    const auto entry = decider(call);
    // A rule that says something else than the filter did cannot be the one.
    return entry && action_of(profile_.rules[entry->rule]) != action ? first_that_says(call, action) : entry;
}

std::vector<Entry> Attribution::deciders(const model::Call& call, const bpf::Condition& condition) const {
    std::vector<Entry> all;
    for (const auto& entry : possible_deciders(call, condition)) {
        if (entry && (all.empty() || all.back().rule != entry->rule)) all.push_back(*entry);
    }
    return all;
}

std::vector<std::optional<Entry>> Attribution::possible_deciders(const model::Call& call,
                                                                 const bpf::Condition& condition) const {
    const auto& program = by_rule().program;
    if (program.empty()) return {};
    const auto regions = bpf::partition(program, call.audit_arch, call.nr);
    if (!regions) return {};
    std::map<std::pair<std::size_t, std::size_t>, std::optional<Entry>> found;  // by rule, from 1 on, and name
    for (const auto& region : *regions) {
        auto example = bpf::example(region.condition, condition);
        if (!example) continue;
        example->audit_arch = call.audit_arch;
        example->nr = call.nr;
        const auto entry = decider(*example);
        found.emplace(entry ? std::pair{entry->rule + 1, entry->name} : std::pair<std::size_t, std::size_t>{}, entry);
    }
    std::vector<std::optional<Entry>> all;
    for (const auto& [place, entry] : found) all.push_back(entry);
    return all;
}

model::Place Attribution::rule_of(const model::Call& call, model::Action action) const {
    const auto entry = entry_of(call, action);
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
