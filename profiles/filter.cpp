#include "profiles/filter.h"

#include "harness/bpf/evaluate.h"
#include "harness/bpf/partition.h"
#include "profiles/attribute.h"
#include "profiles/compile.h"
#include "profiles/semantics.h"

#include <algorithm>
#include <utility>

namespace callgate::profiles {

namespace {

Decider by_rule(const model::Profile& profile, const Entry& entry) {
    const auto& rule = profile.rules[entry.rule];
    return {Decider::By::rule, entry, place_of(rule.names[entry.name].span), place_of(rule.span)};
}

void add_arch(std::vector<model::Arch>& archs, model::Arch arch) {
    if (std::find(archs.begin(), archs.end(), arch) == archs.end()) archs.push_back(arch);
}

}  // namespace

std::string_view name_of(Decider::By by) {
    switch (by) {
        case Decider::By::rule:
            return "rule";
        case Decider::By::default_action:
            return "default-action";
        case Decider::By::architecture:
            return "architecture-not-listed";
        case Decider::By::runtime:
            return "runtime";
        case Decider::By::program:
            return "program";
    }
    return "program";
}

core::Result<Filter> Filter::of(model::Profile profile) {
    auto compiled = compile(profile);
    if (!compiled) return core::fail(compiled.error());
    return Filter{std::move(profile), std::move(compiled->program)};
}

Filter::Filter(model::Profile profile, bpf::Program program)
    : name_{profile.name},
      program_{std::move(program)},
      profile_{std::make_unique<const model::Profile>(std::move(profile))},
      attribution_{std::make_unique<const Attribution>(*profile_)} {}

Filter::Filter(std::string name, bpf::Program program) : name_{std::move(name)}, program_{std::move(program)} {}

Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

std::vector<model::Arch> Filter::archs() const {
    if (profile_) return effective_archs(*profile_);
    std::vector<model::Arch> archs;
    const auto regions = bpf::partition(program_);
    if (!regions) return archs;
    for (const auto& region : *regions) {
        for (const auto& calls : region.calls) {
            for (const auto& [first, last] : calls.archs) {
                if (first == last) add_arch(archs, model::Arch{first});
            }
        }
    }
    return archs;
}

model::Action Filter::answer(const model::Call& call) const {
    return model::Action::from_return(bpf::evaluate(program_, call));
}

Decider Filter::decider(const model::Call& call) const {
    if (!profile_) return {};
    const auto archs = effective_archs(*profile_);
    const auto arch = model::arch_of_call(call.audit_arch, call.nr);
    if (std::find(archs.begin(), archs.end(), arch) == archs.end()) return {Decider::By::architecture, {}, {}, {}};
    const auto answered = answer(call);
    if (const auto entry = attribution_->entry_of(call, answered)) return by_rule(*profile_, *entry);
    if (answered != default_action(*profile_)) return {Decider::By::runtime, {}, {}, {}};
    return {Decider::By::default_action, {}, place_of(profile_->default_action_span), {}};
}

std::vector<Decider> Filter::deciders(const model::Call& call, const bpf::Condition& condition) const {
    const auto first = decider(call);
    std::vector<Decider> all{first};
    if (first.by != Decider::By::rule || condition.always()) return all;
    for (const auto& entry : attribution_->deciders(call, condition)) {
        if (entry.rule != first.entry.rule || entry.name != first.entry.name) all.push_back(by_rule(*profile_, entry));
    }
    return all;
}

}  // namespace callgate::profiles
