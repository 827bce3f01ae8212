#include "profiles/condition_words.h"

#include "harness/decode/call_text.h"
#include "harness/model/arch.h"
#include "harness/model/syscall_table.h"

#include <fmt/format.h>

#include <bit>
#include <cctype>
#include <optional>
#include <vector>

namespace callgate::profiles {

namespace {

constexpr std::uint64_t kWhole = ~std::uint64_t{0};

/// The tests of one alternative, which know of each other: what an argument means may depend on another one.
class Words {
public:
    Words(model::Call call, const std::vector<bpf::Test>& tests) : call_{call}, tests_{tests} {
        const auto name = model::syscall_name(call_.audit_arch, call_.nr);
        parameters_ = model::parameters(model::arch_of_call(call_.audit_arch, call_.nr), name)
                          .value_or(std::vector<model::Parameter>{});
        for (const auto& test : tests_) {
            const auto value = only_value(test);
            if (value && !test.negated) bpf::set_value(call_, test.field, *value);
        }
    }

    std::string text() const {
        std::string all;
        for (const auto& test : tests_) all += (all.empty() ? "" : " and ") + text(test);
        return all;
    }

private:
    static std::optional<std::uint64_t> only_value(const bpf::Test& test) {
        if (test.ranges.size() != 1 || test.ranges.front().first != test.ranges.front().last) return std::nullopt;
        return test.ranges.front().first;
    }

    std::string text(bpf::Test test) const {
        const auto read = bits_read(test.field);
        // What the kernel does not read, and the filter does not test, is not worth a word.
        if (test.mask == read) test.mask = kWhole;
        if (test.mask != kWhole) {
            if (const auto flags = flags_text(test); !flags.empty()) return flags;
        }
        const bpf::Naming naming{
            [&](bpf::Field field) { return name_of(field); },
            [&](bpf::Field field, std::uint64_t /*mask*/, std::uint64_t value) { return value_text(field, value); }};
        return bpf::to_words(test, naming);
    }

    /// "flags with none of A|B"; "" where the bits have no names.
    std::string flags_text(const bpf::Test& test) const {
        const auto value = only_value(test);
        const auto mask = value_text(test.field, test.mask);
        if (!value || !all_named(mask)) return {};
        const auto name = name_of(test.field);
        const bool one = std::has_single_bit(test.mask);
        if (one) return fmt::format("{} {} {}", name, (*value == 0) != test.negated ? "without" : "with", mask);
        if (*value == 0) return fmt::format("{} with {} of {}", name, test.negated ? "one" : "none", mask);
        if (*value == test.mask) return fmt::format("{} with {} of {}", name, test.negated ? "not all" : "all", mask);
        const auto wanted = value_text(test.field, *value);
        if (!all_named(wanted)) return {};
        return fmt::format("{} with {}{} of {}", name, test.negated ? "not just " : "just ", wanted, mask);
    }

    std::string name_of(bpf::Field field) const {
        return field == bpf::Field::instruction_pointer ? "instruction_pointer"
                                                        : decode::argument_name(call_, static_cast<unsigned>(field));
    }

    /// The value's name; "" where it is a number.
    std::string value_text(bpf::Field field, std::uint64_t value) const {
        if (field == bpf::Field::instruction_pointer || (value & ~bits_read(field)) != 0) return {};
        auto call = call_;
        bpf::set_value(call, field, value);
        for (const auto& text : decode::argument_texts(call, decode::NoTask{})) {
            if (text.first == static_cast<unsigned>(field) && text.last == text.first) {
                return text.filterable || text.text == "AT_FDCWD" ? text.text : std::string{};
            }
        }
        return {};
    }

    std::uint64_t bits_read(bpf::Field field) const {
        const auto index = static_cast<std::size_t>(field);
        const unsigned bits = index < parameters_.size() ? parameters_[index].bits : 64;
        return bits >= 64 ? kWhole : (std::uint64_t{1} << bits) - 1;
    }

    /// Whether it is names joined by "|", without a number among them.
    static bool all_named(std::string_view text) {
        bool begins = true;
        for (const char c : text) {
            if (begins && std::isdigit(static_cast<unsigned char>(c)) != 0) return false;
            begins = c == '|';
        }
        return !text.empty();
    }

    model::Call call_;
    const std::vector<bpf::Test>& tests_;
    std::vector<model::Parameter> parameters_;
};

}  // namespace

std::string condition_words(const model::Call& call, const bpf::Condition& condition) {
    if (condition.alternatives.empty()) return condition.negated ? "always" : "never";
    if (condition.always()) return "always";
    std::string all;
    for (const auto& tests : condition.alternatives) all += (all.empty() ? "" : " or ") + Words{call, tests}.text();
    return condition.negated ? fmt::format("not ({})", all) : all;
}

decode::Touched touched_by(const bpf::Condition& condition) {
    decode::Touched touched;
    for (const auto& tests : condition.alternatives) {
        for (const auto& test : tests) touched.set(static_cast<std::size_t>(test.field));
    }
    return touched;
}

}  // namespace callgate::profiles
