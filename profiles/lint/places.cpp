#include "profiles/lint/places.h"

#include "profiles/semantics.h"

#include <fmt/format.h>

namespace callgate::profiles {

std::string rules_at(const LintSubject& subject, std::span<const Entry> entries) {
    constexpr std::size_t kShown = 3;
    std::string out = entries.size() == 1 ? "the rule at " : "the rules at ";
    for (std::size_t i = 0; i < entries.size() && i < kShown; ++i) {
        out += fmt::format("{}{} ({})", i == 0 ? "" : ", ", core::to_string(subject.name_of(entries[i]).span),
                           model::oci_name(subject.rule_of(entries[i]).action));
    }
    if (entries.size() > kShown) out += fmt::format(" and {} more", entries.size() - kShown);
    return out;
}

std::string answer_to(const LintSubject& subject, const model::Call& call) {
    return model::describe(subject.filter()->answer(call));
}

model::Call plain_call(model::Arch arch, std::int32_t nr) {
    model::Call call;
    call.nr = nr;
    call.audit_arch = model::audit_arch(arch);
    return call;
}

std::string on_arch(const std::string& witness, model::Arch arch) {
    return fmt::format("{} on {}", witness, model::arch_name(arch));
}

}  // namespace callgate::profiles
