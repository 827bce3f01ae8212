#include "profiles/exact_rule.h"

#include "harness/bpf/evaluate.h"
#include "profiles/compile.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <linux/audit.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace callgate::profiles {

namespace {

using model::Profile;

/// What the filter of a 32-bit architecture compares has 32 bits.
unsigned width_of(const model::Call& call) {
    return (call.audit_arch & __AUDIT_ARCH_64BIT) != 0 ? 64 : 32;
}

Profile::Rule rule_for(const model::Call& call, std::string name, std::uint8_t filterable) {
    Profile::Rule rule;
    rule.names.push_back({std::move(name), {}});
    rule.action = Profile::ActionName::allow;
    for (unsigned index = 0; index < call.args.size(); ++index) {
        if ((filterable >> index & 1U) == 0) continue;
        const auto value = call.args.at(index);
        rule.args.push_back({index, width_of(call) == 64 ? value : value & UINT32_MAX, 0, Profile::Operator::eq, {}});
    }
    return rule;
}

std::string written(const Profile::Rule& rule) {
    std::vector<std::string> filters;
    for (const auto& argument : rule.args) {
        filters.push_back(fmt::format(R"({{"index": {}, "value": {}, "op": "{}"}})", argument.index, argument.value,
                                      model::oci_name(argument.op)));
    }
    return fmt::format(R"({{"names": ["{}"], "action": "{}", "args": [{}]}})", rule.names.front().text,
                       model::oci_name(rule.action), fmt::join(filters, ", "));
}

bool permits(const bpf::Program& program, const model::Call& call) {
    return !model::refuses(model::Action::from_return(bpf::evaluate(program, call)));
}

/// The calls that differ from this one in a single bit of an argument that the rule asks for.
std::vector<model::Call> neighbours(const Profile::Rule& rule, const model::Call& call) {
    std::vector<model::Call> all;
    for (const auto& argument : rule.args) {
        for (unsigned bit = 0; bit < width_of(call); ++bit) {
            all.push_back(call);
            all.back().args.at(argument.index) ^= std::uint64_t{1} << bit;
        }
    }
    return all;
}

bool admits_only(const Profile& profile, const Profile::Rule& rule, const model::Call& call) {
    auto extended = profile;
    extended.rules.push_back(rule);
    const auto with_rule = compile(extended);
    if (!with_rule || !permits(with_rule->program, call)) return false;
    auto admitted = neighbours(rule, call);
    std::erase_if(admitted, [&](const model::Call& other) { return !permits(with_rule->program, other); });
    if (admitted.empty()) return true;
    // What another rule permitted before is not this one's doing.
    const auto before = compile(profile);
    return before && std::all_of(admitted.begin(), admitted.end(),
                                 [&](const model::Call& other) { return permits(before->program, other); });
}

}  // namespace

std::string exact_rule(const Profile& profile, const model::Call& call, std::uint8_t filterable) {
    auto name = model::syscall_name(call.audit_arch, call.nr);
    if (filterable == 0 || !model::libseccomp_knows(name) || !model::refuses(default_action(profile))) return {};
    const auto rule = rule_for(call, std::move(name), filterable);
    return admits_only(profile, rule, call) ? written(rule) : std::string{};
}

}  // namespace callgate::profiles
