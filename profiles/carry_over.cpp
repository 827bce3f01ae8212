#include "profiles/carry_over.h"

#include "harness/model/syscall_table.h"
#include "profiles/arch_constants.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace callgate::profiles {

namespace {

using Argument = model::Profile::Argument;
using Operator = model::Profile::Operator;
using Parameters = std::vector<model::Parameter>;

constexpr std::uint64_t kLowHalf = 0xffff'ffff;

/// A test after one step on its way: what became of it, or why nothing can.
struct Step {
    enum class Kind { test, always, never, lost };
    Kind kind = Kind::test;
    Argument test{};
    std::string why{};
};

bool holds(const Argument& test, std::uint64_t value) {
    model::Call call;
    call.args.at(test.index) = value;
    model::Profile::Rule rule;
    rule.args = {test};
    return matches(rule, call);
}

/// A test of a 64-bit register on one of 32 bits.
Step narrowed(Argument test) {
    const bool wide = test.value > kLowHalf || test.value_two > kLowHalf;
    if (!wide) return {Step::Kind::test, test};
    switch (test.op) {
        case Operator::masked_eq:
            if (test.value_two > kLowHalf) return {Step::Kind::never};
            test.value &= kLowHalf;
            return {Step::Kind::test, test};
        case Operator::eq:
        case Operator::ge:
        case Operator::gt:
            return {Step::Kind::never};
        default:
            return {Step::Kind::always};
    }
}

/// A test of a 32-bit register on one of 64, of which the kernel may read the lower half only.
Step widened(Argument test, const model::Parameter& parameter, bool refuses) {
    if (parameter.bits > 32 || test.op == Operator::masked_eq) return {Step::Kind::test, test};
    if (test.op == Operator::eq) {
        test.op = Operator::masked_eq;
        test.value_two = std::exchange(test.value, kLowHalf);
        return {Step::Kind::test, test};
    }
    const bool upward = test.op != Operator::lt && test.op != Operator::le;
    if (upward != refuses) return {Step::Kind::lost, {}, "the upper half of the register is not read there"};
    return {Step::Kind::test, test};
}

class Carrier {
public:
    Carrier(const Passage& passage, bool refuses)
        : passage_{passage},
          refuses_{refuses},
          theirs_{model::parameters(passage.from, passage.name)},
          ours_{model::parameters(passage.to, passage.counterpart.name)} {}

    CarriedClause carry(const Clause& clause) {
        CarriedClause carried;
        Clause made;
        for (const auto& test : clause) {
            auto step = carry(test);
            if (step.kind == Step::Kind::never) return carried;
            if (step.kind == Step::Kind::test) made.push_back(step.test);
            if (step.kind == Step::Kind::lost)
                carried.losses.push_back(fmt::format("{}: {}", describe(Clause{test}), step.why));
        }
        for (const auto& fixed : passage_.counterpart.fixed) {
            const auto* parameter = find(ours_, fixed.parameter);
            if (parameter == nullptr) {
                carried.losses.push_back(
                    fmt::format("{} of {} is not known there", fixed.parameter, passage_.counterpart.name));
                continue;
            }
            made.push_back(test_of(fixed, *parameter));
        }
        // libseccomp puts the operation in place of the first argument and so permits whatever the others are.
        if (const auto operation = model::subcall(passage_.to, passage_.counterpart.name); operation && !made.empty()) {
            carried.losses.push_back(fmt::format("{}: the arguments stand in memory where {} makes the call",
                                                 describe(made), operation->multiplexer));
            made.clear();
        }
        if (carried.losses.empty() || refuses_) carried.clause = std::move(made);
        return carried;
    }

private:
    static const model::Parameter* find(const std::optional<Parameters>& all, std::string_view name) {
        if (!all) return nullptr;
        const auto found = std::find_if(all->begin(), all->end(), [&](const auto& one) { return one.name == name; });
        return found == all->end() ? nullptr : &*found;
    }

    [[nodiscard]] unsigned index_of(const model::Parameter& ours) const {
        return static_cast<unsigned>(&ours - ours_->data());
    }

    [[nodiscard]] Argument test_of(const Fixed& fixed, const model::Parameter& parameter) const {
        const auto bits = [&](std::uint64_t word) {
            return fixed.open_flags
                       ? open_flags_on({model::arch_from_oci("SCMP_ARCH_X86_64").value()}, passage_.to, word)
                       : word;
        };
        const auto all = register_bits(passage_.to) == 32 ? kLowHalf : ~std::uint64_t{0};
        const auto mask = bits(fixed.mask) & all;
        if (mask == all) return {index_of(parameter), bits(fixed.value), 0, Operator::eq, {}};
        return {index_of(parameter), mask, bits(fixed.value), Operator::masked_eq, {}};
    }

    [[nodiscard]] std::string there() const { return model::arch_name(passage_.to); }

    [[nodiscard]] Step carry(const Argument& test) const {
        if (!theirs_ || !ours_) return {Step::Kind::lost, {}, "the parameters of the call are not known"};
        if (test.index >= theirs_->size())
            return {Step::Kind::lost, {}, fmt::format("{} has no such argument", passage_.name)};
        const auto& parameter = (*theirs_)[test.index];
        if (const auto& only = passage_.counterpart.only_of; only && only->parameter == parameter.name) {
            if ((only->mask & kLowHalf) != kLowHalf && test.op == Operator::eq && test.value > only->mask)
                return {Step::Kind::lost, {}, "the upper half is a version"};
            return {holds(test, only->value) ? Step::Kind::always : Step::Kind::never};
        }
        const auto* ours = find(ours_, name_there(parameter.name));
        if (ours == nullptr) {
            return {Step::Kind::lost,
                    {},
                    fmt::format("{} has no {} on {}", passage_.counterpart.name, parameter.name, there())};
        }
        return carry(test, parameter, *ours);
    }

    [[nodiscard]] std::string_view name_there(std::string_view name) const {
        for (const auto& [theirs, ours] : passage_.counterpart.renamed) {
            if (theirs == name) return ours;
        }
        return name;
    }

    [[nodiscard]] Step carry(Argument test, const model::Parameter& theirs, const model::Parameter& ours) const {
        const bool tests_null = (test.op == Operator::eq || test.op == Operator::ne) && test.value == 0;
        if (model::is_address(theirs.kind) != model::is_address(ours.kind))
            return {Step::Kind::lost, {}, fmt::format("{} is something else there", ours.name)};
        if (model::is_address(ours.kind) && !tests_null)
            return {Step::Kind::lost, {}, fmt::format("{} is an address, and addresses are others there", ours.name)};
        if (theirs.bits != ours.bits && (theirs.bits < 32 || ours.bits < 32))
            return {
                Step::Kind::lost, {}, fmt::format("{} has {} bits there, not {}", ours.name, ours.bits, theirs.bits)};
        if (auto why = differing_constants(passage_.from, passage_.to, passage_.counterpart.name, ours, test);
            !why.empty())
            return {Step::Kind::lost, {}, std::move(why)};
        if (has_open_flags(passage_.counterpart.name, ours)) {
            test.value = open_flags_on(passage_.from, passage_.to, test.value);
            test.value_two = open_flags_on(passage_.from, passage_.to, test.value_two);
        }
        test.index = index_of(ours);
        const auto before = register_bits(passage_.from);
        const auto after = register_bits(passage_.to);
        if (before > after) return narrowed(test);
        return before < after ? widened(test, ours, refuses_) : Step{Step::Kind::test, test};
    }

    const Passage& passage_;
    bool refuses_;
    std::optional<Parameters> theirs_;
    std::optional<Parameters> ours_;
};

}  // namespace

Passage same_call(model::Arch from, model::Arch to, std::string_view name) {
    return {from, to, name, Counterpart{name, {}}};
}

CarriedClause carry_over(const Clause& clause, const Passage& passage, bool refuses) {
    return Carrier{passage, refuses}.carry(clause);
}

}  // namespace callgate::profiles
