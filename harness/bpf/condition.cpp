#include "harness/bpf/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace callgate::bpf {

namespace {

constexpr std::uint64_t kWhole = ~std::uint64_t{0};
constexpr std::uint64_t kSmall = 1024;

std::string name_of(Field field) {
    return field == Field::instruction_pointer ? "instruction_pointer"
                                               : fmt::format("arg{}", static_cast<unsigned>(field));
}

/// Small numbers as people count, and what is made of bits in hexadecimal.
std::string number(const Test& test, std::uint64_t value) {
    const bool whole = (test.mask & (test.mask + 1)) == 0;  // of the argument, or of its lowest bits
    const bool decimal = whole ? value < kSmall : value < 10;
    return decimal ? fmt::format("{}", value) : fmt::format("{:#x}", value);
}

/// A value that stands alone: by its name, where it has one.
std::string single(const Test& test, std::uint64_t value, const Naming& naming) {
    const auto name = naming.value(test.field, test.mask, value);
    return name.empty() ? number(test, value) : name;
}

std::string list_of(const Test& test, const Naming& naming) {
    std::string list;
    for (const auto& [first, last] : test.ranges) {
        list += list.empty() ? "" : ", ";
        if (last - first > 1) {
            list += number(test, first) + ".." + number(test, last);
            continue;
        }
        list += single(test, first, naming);
        if (last != first) list += ", " + single(test, last, naming);
    }
    return "{" + list + "}";
}

}  // namespace

const Naming& plain_naming() {
    static const Naming naming{name_of, [](Field, std::uint64_t, std::uint64_t) { return std::string{}; }};
    return naming;
}

bool holds(const Test& test, const model::Call& call) {
    const auto value = value_of(call, test.field) & test.mask;
    const bool within = std::any_of(test.ranges.begin(), test.ranges.end(), [&](const ValueRange& range) {
        return range.first <= value && value <= range.last;
    });
    return within != test.negated;
}

bool holds(const Condition& condition, const model::Call& call) {
    const auto& all = condition.alternatives;
    const bool one = std::any_of(all.begin(), all.end(), [&](const auto& tests) {
        return std::all_of(tests.begin(), tests.end(), [&](const Test& test) { return holds(test, call); });
    });
    return one != condition.negated;
}

std::string to_words(const Test& test, const Naming& naming) {
    const auto name =
        test.mask == kWhole ? naming.field(test.field) : fmt::format("{} & {:#x}", naming.field(test.field), test.mask);
    if (test.ranges.size() != 1)
        return fmt::format("{} {} {}", name, test.negated ? "not in" : "in", list_of(test, naming));
    const auto [first, last] = test.ranges.front();
    if (first == last) return fmt::format("{} {} {}", name, test.negated ? "!=" : "==", single(test, first, naming));
    if (first == 0) {
        const bool round = last >= kSmall && (last & (last + 1)) == 0;  // "< 0x1000" rather than "<= 0xfff"
        if (round && !test.negated) return fmt::format("{} < {}", name, number(test, last + 1));
        return fmt::format("{} {} {}", name, test.negated ? ">" : "<=", number(test, last));
    }
    if (last == test.mask) return fmt::format("{} {} {}", name, test.negated ? "<" : ">=", number(test, first));
    return fmt::format("{} {} {}", name, test.negated ? "not in" : "in", list_of(test, naming));
}

std::string to_words(const Condition& condition) {
    if (condition.alternatives.empty()) return "never";
    std::string words;
    for (const auto& tests : condition.alternatives) {
        if (tests.empty()) return "always";
        std::string all;
        for (const auto& test : tests) all += (all.empty() ? "" : " and ") + to_words(test);
        words += (words.empty() ? "" : " or ") + all;
    }
    return condition.negated ? fmt::format("not ({})", words) : words;
}

}  // namespace callgate::bpf
