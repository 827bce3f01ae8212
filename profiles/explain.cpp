#include "profiles/explain.h"

#include "harness/bpf/evaluate.h"
#include "harness/bpf/partition.h"
#include "profiles/condition_words.h"
#include "profiles/disassembly.h"
#include "profiles/rule_condition.h"
#include "profiles/semantics.h"
#include "profiles/wrapped.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace callgate::profiles {

namespace {

std::string arch_of(const model::Call& call) {
    return model::arch_name(model::arch_of_call(call.audit_arch, call.nr));
}

std::string line(std::string_view label, std::string_view text) {
    return wrapped(fmt::format("{:>10}  ", label), text);
}

std::size_t tests_in(const bpf::Condition& condition) {
    std::size_t count = 0;
    for (const auto& tests : condition.alternatives) count += 1 + tests.size();
    return count;
}

/// Every rule of the profile that names the call, and whether it asks for something that the call has.
std::string rules_text(const Filter& filter, const model::Call& call, const Decider& decider) {
    std::string out;
    if (filter.profile() == nullptr || decider.by == Decider::By::architecture) return out;
    const auto& profile = *filter.profile();
    const auto name = model::syscall_name(call.audit_arch, call.nr);
    for (std::size_t r = 0; r < profile.rules.size(); ++r) {
        const auto& rule = profile.rules[r];
        for (std::size_t n = 0; n < rule.names.size(); ++n) {
            if (rule.names[n].text != name) continue;
            const bool decides = decider.by == Decider::By::rule && decider.entry.rule == r && decider.entry.name == n;
            const auto condition = condition_of(rule);
            auto text = fmt::format("{}: {}", file_and_line(rule.names[n].span), model::describe(action_of(rule)));
            if (!condition.always()) text += fmt::format(" when {}", condition_words(call, condition));
            text += !counts(profile, rule)        ? "; the same as the default action, so runtimes leave it out"
                    : decides                     ? "; decides"
                    : bpf::holds(condition, call) ? "; holds, but another rule decides"
                                                  : "; does not hold";
            out += line("rule", text);
        }
    }
    return out;
}

}  // namespace

std::string action_words(model::Action action) {
    switch (action.kind) {
        case model::ActionKind::kill_process:
            return "killed (the process)";
        case model::ActionKind::kill_thread:
            return "killed (the thread)";
        case model::ActionKind::trap:
            return "refused with a signal (SIGSYS)";
        case model::ActionKind::error:
            return fmt::format("refused with {}",
                               action.data == 0 ? "0, as if it had worked" : model::errno_name(action.data));
        case model::ActionKind::user_notif:
            return "handed to the listener of the filter (ENOSYS without one)";
        case model::ActionKind::trace:
            return "handed to a tracer (ENOSYS without one)";
        case model::ActionKind::log:
            return "permitted and logged";
        case model::ActionKind::allow:
            return "permitted";
    }
    return {};
}

std::string decider_words(const Filter& filter, const Decider& decider) {
    const auto place = fmt::format("{}:{}", decider.place.file, decider.place.line);
    switch (decider.by) {
        case Decider::By::rule:
            return place;
        case Decider::By::default_action:
            return place + " (default action)";
        case Decider::By::architecture:
            return fmt::format("an architecture that {} does not list", filter.name());
        case Decider::By::runtime:
            return "the runtime, in front of the profile's filter";
        case Decider::By::program:
            return filter.name();
    }
    return {};
}

std::string deciders_words(const Filter& filter, const std::vector<Decider>& deciders) {
    std::vector<std::string> parts;
    for (const auto& decider : deciders) {
        auto part = decider_words(filter, decider);
        if (std::find(parts.begin(), parts.end(), part) == parts.end()) parts.push_back(std::move(part));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

core::Result<std::vector<CallRegion>> regions_of(const Filter& filter, const model::Call& call) {
    const auto found = bpf::partition(filter.program(), call.audit_arch, call.nr);
    if (!found) return core::fail(found.error().context(filter.name()));
    std::vector<CallRegion> regions;
    for (const auto& region : *found) {
        regions.push_back({model::Action::from_return(region.returned), region.condition, region.witness,
                           filter.deciders(region.witness, region.condition)});
    }
    std::stable_sort(regions.begin(), regions.end(), [](const CallRegion& a, const CallRegion& b) {
        return std::make_tuple(model::refuses(a.action), tests_in(a.condition)) <
               std::make_tuple(model::refuses(b.action), tests_in(b.condition));
    });
    return regions;
}

core::Result<std::string> explain_name(const Filter& filter, const model::Call& call) {
    const auto regions = regions_of(filter, call);
    if (!regions) return core::fail(regions.error());
    auto out = wrapped("", fmt::format("{} on {}", model::syscall_name(call.audit_arch, call.nr), arch_of(call)));
    for (const auto& region : *regions) {
        out += wrapped("  ", fmt::format("{}: {}", action_words(region.action), model::describe(region.action)));
        if (!region.condition.always()) {
            out += line("when", condition_words(region.witness, region.condition));
            out += line("such as", decode::witness_text(region.witness, touched_by(region.condition)));
        }
        out += line("by", deciders_words(filter, region.deciders));
    }
    return out;
}

core::Result<std::string> explain_call(const Filter& filter, const model::Call& call, decode::Touched given,
                                       bool path) {
    const auto regions = regions_of(filter, call);
    if (!regions) return core::fail(regions.error());
    const auto action = filter.answer(call);
    const auto decider = filter.decider(call);
    auto out = wrapped("", fmt::format("{} on {} is {}: {}", decode::witness_text(call, given), arch_of(call),
                                       action_words(action), model::describe(action)));
    out += line("by", decider_words(filter, decider));
    for (const auto& region : *regions) {
        if (!bpf::holds(region.condition, call)) continue;
        if (!region.condition.always()) out += line("because", condition_words(call, region.condition));
    }
    out += rules_text(filter, call, decider);
    if (path) out += "\n" + path_text(filter, call);
    return out;
}

}  // namespace callgate::profiles
