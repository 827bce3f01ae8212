#include "profiles/rule_condition.h"

#include "profiles/semantics.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace callgate::profiles {

namespace {

using model::Profile;

constexpr std::uint64_t kMost = ~std::uint64_t{0};

/// None where no value will do.
std::optional<bpf::Test> test_of(const Profile::Argument& argument) {
    bpf::Test test;
    test.field = static_cast<bpf::Field>(argument.index);
    const auto value = argument.value;
    switch (argument.op) {
        case Profile::Operator::ne:
            test.negated = true;
            test.ranges = {{value, value}};
            return test;
        case Profile::Operator::lt:
            if (value == 0) return std::nullopt;
            test.ranges = {{0, value - 1}};
            return test;
        case Profile::Operator::le:
            test.ranges = {{0, value}};
            return test;
        case Profile::Operator::eq:
            test.ranges = {{value, value}};
            return test;
        case Profile::Operator::ge:
            test.ranges = {{value, kMost}};
            return test;
        case Profile::Operator::gt:
            if (value == kMost) return std::nullopt;
            test.ranges = {{value + 1, kMost}};
            return test;
        case Profile::Operator::masked_eq:
            if ((argument.value_two & ~value) != 0) return std::nullopt;
            test.mask = value;
            test.ranges = {{argument.value_two, argument.value_two}};
            return test;
    }
    return std::nullopt;
}

}  // namespace

bpf::Condition condition_of(const Profile::Rule& rule) {
    bpf::Condition condition;
    for (const auto& clause : clauses(rule)) {
        std::vector<bpf::Test> tests;
        const bool possible = std::all_of(clause.begin(), clause.end(), [&](const auto& argument) {
            const auto test = test_of(argument);
            // Every value is at least 0 and at most the highest: such a test asks for nothing.
            const bool asks = test && !(test->ranges.front() == bpf::ValueRange{0, kMost} && !test->negated);
            if (asks) tests.push_back(*test);
            return test.has_value();
        });
        if (possible) condition.alternatives.push_back(std::move(tests));
    }
    return condition;
}

}  // namespace callgate::profiles
