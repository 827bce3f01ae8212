// Argument filters that do not test what the kernel reads.
#include "harness/bpf/example.h"
#include "harness/decode/witness_text.h"
#include "harness/model/syscall_table.h"
#include "profiles/lint.h"
#include "profiles/lint/places.h"
#include "profiles/lint/rules.h"
#include "profiles/semantics.h"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace callgate::profiles {

namespace {

using model::Profile;

constexpr std::uint64_t kLower = 0xffff'ffff;
constexpr unsigned kWord = 32;
/// Rules of a hostile profile that are looked at in each of these ways.
constexpr std::size_t kMostFindings = 500;

/// One test of one argument, on the first architecture whose call has the name.
struct Tested {
    const Profile::Rule& rule;
    const Profile::Name& name;
    const Profile::Argument& argument;
    model::Arch arch;
    const std::vector<model::Parameter>& parameters;

    /// None where the call has fewer arguments.
    [[nodiscard]] const model::Parameter* parameter() const {
        return argument.index < parameters.size() ? &parameters[argument.index] : nullptr;
    }
    /// "arg1 (cmd)"
    [[nodiscard]] std::string argument_words() const {
        const auto* known = parameter();
        return known == nullptr || known->name.empty() ? fmt::format("arg{}", argument.index)
                                                       : fmt::format("arg{} ({})", argument.index, known->name);
    }
};

void for_each_test(const LintSubject& subject, const std::function<void(const Tested&)>& look) {
    const auto& profile = subject.profile();
    for (const auto& rule : profile.rules) {
        if (rule.args.empty() || !counts(profile, rule)) continue;
        for (const auto& name : rule.names) {
            for (const auto arch : subject.archs()) {
                const auto parameters = model::parameters(arch, name.text);
                if (!parameters) continue;
                for (const auto& argument : rule.args) look({rule, name, argument, arch, *parameters});
                break;
            }
        }
    }
}

/// The bits of the register that the filter looks at.
std::uint64_t tested_bits(const Profile::Argument& argument) {
    return argument.op == Profile::Operator::masked_eq ? argument.value : ~std::uint64_t{0};
}

/// One finding per test of the text: names that share the rule are told together.
class ByArgument {
public:
    ByArgument(const LintSubject& subject, Findings& findings) : findings_{findings} {
        std::size_t tests = 0;
        for (const auto& rule : subject.profile().rules) tests += rule.args.size();
        findings_.all().reserve(tests);
    }

    void add(const Tested& tested, const std::string& message, const std::string& fix) {
        auto& finding = known_[&tested.argument];
        if (finding == nullptr) {
            finding = &findings_.add(tested.argument.span, message);
            finding->fix = fix;
        }
        finding->calls.push_back({tested.name.text, ""});
    }

private:
    Findings& findings_;
    std::map<const Profile::Argument*, Finding*> known_;
};

/// A refused call and the same with bits that the kernel does not read: permitted.
struct Bypass {
    model::Call refused;
    model::Call permitted;
};

std::optional<Bypass> bypass_of(const LintSubject& subject, model::Arch arch, const std::string& name, unsigned index) {
    for (const auto& region : subject.regions(arch, name)) {
        if (!model::refuses(model::Action::from_return(region.returned))) continue;
        auto refused = region.witness;
        if ((refused.args.at(index) & ~kLower) != 0) continue;
        for (const auto upper : {std::uint64_t{1} << kWord, ~kLower}) {
            auto call = refused;
            call.args.at(index) |= upper;
            if (!model::refuses(subject.filter()->answer(call))) return Bypass{refused, call};
        }
    }
    return std::nullopt;
}

}  // namespace

namespace looks {

void upper_half_bypass(const LintSubject& subject, Findings& findings) {
    if (subject.filter() == nullptr) return;
    std::set<std::pair<std::string, unsigned>> told;
    for_each_test(subject, [&](const Tested& tested) {
        const auto* parameter = tested.parameter();
        if (parameter == nullptr || parameter->bits > kWord || (tested_bits(tested.argument) & ~kLower) == 0) return;
        if (findings.all().size() >= kMostFindings || !told.insert({tested.name.text, tested.argument.index}).second)
            return;
        for (const auto arch : subject.archs()) {
            const auto bypass = bypass_of(subject, arch, tested.name.text, tested.argument.index);
            if (!bypass) continue;
            decode::Touched touched;
            touched.set(tested.argument.index);
            auto& finding = findings.add(
                tested.argument.span,
                fmt::format(
                    "the kernel reads {} bits of {}, the filter compares 64: with one of the others set a refused call "
                    "is permitted, and does the same",
                    parameter->bits, tested.argument_words()));
            finding.calls.push_back({tested.name.text, ""});
            finding.witness = fmt::format("{}: {}, but {}: {}", decode::witness_text(bypass->refused, touched),
                                          answer_to(subject, bypass->refused),
                                          on_arch(decode::witness_text(bypass->permitted, touched), arch),
                                          answer_to(subject, bypass->permitted));
            finding.fix = fmt::format(
                "compare the lower half: SCMP_CMP_MASKED_EQ with 'value' {} and the number in 'valueTwo'; "
                "permit what is wanted in place of refusing what is not",
                kLower);
            return;
        }
    });
}

void constant_too_wide(const LintSubject& subject, Findings& findings) {
    ByArgument found{subject, findings};
    for_each_test(subject, [&](const Tested& tested) {
        const auto* parameter = tested.parameter();
        if (parameter == nullptr || parameter->bits > kWord) return;
        const auto& argument = tested.argument;
        const bool masked = argument.op == Profile::Operator::masked_eq;
        const auto constant = masked ? argument.value_two : argument.value;
        if ((constant & ~kLower) == 0) return;
        found.add(
            tested,
            fmt::format(
                "{} has {} bits, and {:#x} has more: a call that means what is written leaves the upper half 0, or "
                "whatever stood in the register",
                tested.argument_words(), parameter->bits, constant),
            fmt::format("compare the lower half: SCMP_CMP_MASKED_EQ with 'value' {} and 'valueTwo' {}", kLower,
                        constant & kLower));
    });
}

void half_compared(const LintSubject& subject, Findings& findings) {
    ByArgument found{subject, findings};
    for_each_test(subject, [&](const Tested& tested) {
        const auto* parameter = tested.parameter();
        if (parameter == nullptr || parameter->bits <= kWord || parameter->kind == model::ParameterKind::flags) return;
        if (tested_bits(tested.argument) != kLower) return;
        found.add(
            tested,
            fmt::format("the mask {:#x} leaves the upper half of {} out, which the kernel reads: it may hold anything",
                        kLower, tested.argument_words()),
            "compare all 64 bits, with SCMP_CMP_EQ or a mask of 18446744073709551615");
    });
}

void pointer_compared(const LintSubject& subject, Findings& findings) {
    ByArgument found{subject, findings};
    for_each_test(subject, [&](const Tested& tested) {
        const auto* parameter = tested.parameter();
        if (parameter == nullptr || !model::is_address(parameter->kind)) return;
        const auto& argument = tested.argument;
        const bool null =
            argument.value == 0 && (argument.op == Profile::Operator::eq || argument.op == Profile::Operator::ne ||
                                    argument.op == Profile::Operator::gt);
        if (null) return;
        found.add(
            tested,
            fmt::format("{} is an address: its number differs from run to run, and what stands there no filter sees",
                        tested.argument_words()),
            "take the filter out; an address can only be compared with 0, for NULL");
    });
}

void no_such_argument(const LintSubject& subject, Findings& findings) {
    ByArgument found{subject, findings};
    for_each_test(subject, [&](const Tested& tested) {
        if (tested.parameter() != nullptr) return;
        found.add(
            tested,
            fmt::format("arg{} is tested, and the call takes {} on {}: the register holds what the program left there",
                        tested.argument.index,
                        tested.parameters.empty() ? "none" : fmt::format("{}", tested.parameters.size()),
                        model::arch_name(tested.arch)),
            "arguments count from 0: test the one that is meant");
    });
}

}  // namespace looks

}  // namespace callgate::profiles
