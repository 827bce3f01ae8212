#pragma once

#include "harness/bpf/field.h"
#include "harness/model/call.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace callgate::bpf {

/// Values from `first` to `last`, both included.
struct ValueRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    bool operator==(const ValueRange&) const = default;
};

/// A test of one 64-bit part of a call: `field & mask` is in one of the ranges; with `negated`, in none of them.
struct Test {
    Field field = Field::arg0;
    std::uint64_t mask = ~std::uint64_t{0};
    std::vector<ValueRange> ranges;  ///< ascending, apart from each other
    bool negated = false;
    bool operator==(const Test&) const = default;
};

/// A condition on arguments and instruction pointer: it holds when all tests of one of the alternatives do, or with
/// `negated` when that is so for none. No alternative: it never holds; an alternative without tests: it always does.
struct Condition {
    std::vector<std::vector<Test>> alternatives;
    bool negated = false;  ///< only where that is much shorter, as for all that several rules leave over
    bool operator==(const Condition&) const = default;

    [[nodiscard]] bool always() const { return !negated && alternatives.size() == 1 && alternatives.front().empty(); }
};

/// Pure, as all here.
bool holds(const Test& test, const model::Call& call);
bool holds(const Condition& condition, const model::Call& call);

/// What fields and values are called in words.
struct Naming {
    std::function<std::string(Field field)> field;
    /// Of a value that a field under a mask is compared with; "" where it is a number.
    std::function<std::string(Field field, std::uint64_t mask, std::uint64_t value)> value;
};

/// "arg0", and numbers.
const Naming& plain_naming();

/// "arg0 & 0x7e020000 == 0x10000000", "arg1 >= 0x100000000", "arg0 in {1, 2, 10..16}", "arg0 & 0xffffffff < 0x1000".
std::string to_words(const Test& test, const Naming& naming = plain_naming());
/// Tests joined by "and", alternatives by "or"; "always", "never"; "not (arg0 == 1 and arg1 == 2 or arg2 == 3)".
std::string to_words(const Condition& condition);

}  // namespace callgate::bpf
