#include "profiles/clause_algebra.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace callgate::profiles {

namespace {

using Argument = model::Profile::Argument;
using Operator = model::Profile::Operator;

constexpr auto kAll = std::numeric_limits<std::uint64_t>::max();

bool same(const Argument& a, const Argument& b) {
    return a.index == b.index && a.op == b.op && a.value == b.value && a.value_two == b.value_two;
}

bool satisfies(const Argument& test, std::uint64_t value) {
    model::Call call;
    call.args.at(test.index) = value;
    model::Profile::Rule rule;
    rule.args = {test};
    return matches(rule, call);
}

/// Values from `low` to `high`, both included.
struct Interval {
    std::uint64_t low = 0;
    std::uint64_t high = kAll;
};

/// The values that satisfy a test, in order; none where they are too scattered: a mask with holes.
std::optional<std::vector<Interval>> intervals_of(const Argument& test) {
    const auto value = test.value;
    const auto below = [&]() { return value == 0 ? std::vector<Interval>{} : std::vector<Interval>{{0, value - 1}}; };
    const auto above = [&]() {
        return value == kAll ? std::vector<Interval>{} : std::vector<Interval>{{value + 1, kAll}};
    };
    switch (test.op) {
        case Operator::eq:
            return std::vector<Interval>{{value, value}};
        case Operator::ne: {
            auto all = below();
            for (const auto& interval : above()) all.push_back(interval);
            return all;
        }
        case Operator::lt:
            return below();
        case Operator::le:
            return std::vector<Interval>{{0, value}};
        case Operator::gt:
            return above();
        case Operator::ge:
            return std::vector<Interval>{{value, kAll}};
        case Operator::masked_eq:
            break;
    }
    const auto free = ~value;
    if ((test.value_two & free) != 0) return std::vector<Interval>{};
    if ((free & (free + 1)) != 0) return std::nullopt;
    return std::vector<Interval>{{test.value_two, test.value_two | free}};
}

/// An interval as tests of which one is enough: blocks of a power of two, as routing tables have them.
std::vector<Argument> tests_of(unsigned index, Interval interval) {
    if (interval.low == interval.high) return {{index, interval.low, 0, Operator::eq, {}}};
    if (interval.low == 0 && interval.high == kAll) return {{index, 0, 0, Operator::masked_eq, {}}};
    if (interval.low == 0) return {{index, interval.high, 0, Operator::le, {}}};
    if (interval.high == kAll) {
        // libseccomp compares the low halves alone where the architecture has 32 bits: the test must not hold there.
        const bool beyond_32_bits = interval.low != 0 && (interval.low & UINT32_MAX) == 0;
        if (beyond_32_bits) return {{index, interval.low - 1, 0, Operator::gt, {}}};
        return {{index, interval.low, 0, Operator::ge, {}}};
    }
    std::vector<Argument> tests;
    auto low = interval.low;
    while (true) {
        // The largest block that begins here and does not reach beyond the end.
        auto free = low == 0 ? kAll : (low & ~(low - 1)) - 1;
        while (free > interval.high - low) free >>= 1U;
        if (free == 0) {
            tests.push_back({index, low, 0, Operator::eq, {}});
        } else {
            tests.push_back({index, ~free, low, Operator::masked_eq, {}});
        }
        if (low + free == interval.high) return tests;
        low += free + 1;
    }
}

/// Two tests of one argument as tests of which one is enough; none where no rule can say it.
std::optional<std::vector<Argument>> join(const Argument& a, const Argument& b) {
    if (same(a, b)) return std::vector<Argument>{a};
    if (a.op == Operator::eq) return satisfies(b, a.value) ? std::vector<Argument>{a} : std::vector<Argument>{};
    if (b.op == Operator::eq) return join(b, a);
    if (a.op == Operator::masked_eq && b.op == Operator::masked_eq) {
        const auto shared = a.value & b.value;
        if ((a.value_two & shared) != (b.value_two & shared)) return std::vector<Argument>{};
        return std::vector<Argument>{{a.index, a.value | b.value, a.value_two | b.value_two, Operator::masked_eq, {}}};
    }
    const auto of_a = intervals_of(a);
    const auto of_b = intervals_of(b);
    if (of_a && of_b) {
        std::vector<Argument> tests;
        for (const auto& one : *of_a) {
            for (const auto& other : *of_b) {
                const Interval common{std::max(one.low, other.low), std::min(one.high, other.high)};
                if (common.low > common.high) continue;
                const auto more = tests_of(a.index, common);
                tests.insert(tests.end(), more.begin(), more.end());
            }
        }
        return tests;
    }
    if (a.op == Operator::ne) return join(b, a);
    if (b.op != Operator::ne) return std::nullopt;
    if (!satisfies(a, b.value)) return std::vector<Argument>{a};
    // A mask with holes but for one value: some other bit is otherwise.
    std::vector<Argument> tests;
    for (const auto& clause : any_bit(a.index, ~a.value)) {
        const auto bit = clause.front().value;
        tests.push_back({a.index, a.value | bit, a.value_two | (~b.value & bit), Operator::masked_eq, {}});
    }
    return tests;
}

/// Both clauses hold.
std::optional<Alternatives> join(const Clause& clause, const Clause& more) {
    Alternatives all{clause};
    for (const auto& test : more) {
        Alternatives next;
        for (const auto& one : all) {
            const auto here =
                std::find_if(one.begin(), one.end(), [&](const Argument& other) { return other.index == test.index; });
            if (here == one.end()) {
                next.push_back(one);
                next.back().push_back(test);
                continue;
            }
            const auto joined = join(*here, test);
            if (!joined) return std::nullopt;
            for (const auto& way : *joined) {
                next.push_back(one);
                next.back().at(static_cast<std::size_t>(here - one.begin())) = way;
            }
            if (next.size() > kMostAlternatives) return std::nullopt;
        }
        all = std::move(next);
    }
    return all;
}

bool same(const Clause& a, const Clause& b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](const auto& x, const auto& y) { return same(x, y); });
}

}  // namespace

Alternatives any_bit(unsigned argument, std::uint64_t bits) {
    Alternatives all;
    for (unsigned bit = 0; bit < 64; ++bit) {
        const auto mask = std::uint64_t{1} << bit;
        if ((bits & mask) != 0) all.push_back({{argument, mask, mask, Operator::masked_eq, {}}});
    }
    return all;
}

Alternatives opposite(const Argument& test) {
    auto other = test;
    switch (test.op) {
        case Operator::eq:
            other.op = Operator::ne;
            break;
        case Operator::ne:
            other.op = Operator::eq;
            break;
        case Operator::lt:
            other.op = Operator::ge;
            break;
        case Operator::ge:
            other.op = Operator::lt;
            break;
        case Operator::le:
            other.op = Operator::gt;
            break;
        case Operator::gt:
            other.op = Operator::le;
            break;
        case Operator::masked_eq: {
            if ((test.value_two & ~test.value) != 0) return {Clause{}};  // it never held
            // Some bit of the mask is otherwise.
            Alternatives all;
            for (auto clause : any_bit(test.index, test.value)) {
                auto& bit = clause.front();
                bit.value_two = ~test.value_two & bit.value;
                all.push_back(std::move(clause));
            }
            return all;
        }
    }
    return {{other}};
}

std::optional<Alternatives> both(const Alternatives& a, const Alternatives& b, Effort& effort) {
    Alternatives all;
    for (const auto& left : a) {
        for (const auto& right : b) {
            if (effort.joins_left == 0) return std::nullopt;
            --effort.joins_left;
            auto joined = join(left, right);
            if (!joined) return std::nullopt;
            for (auto& clause : *joined) {
                const bool known =
                    std::any_of(all.begin(), all.end(), [&](const Clause& c) { return same(c, clause); });
                if (!known) all.push_back(std::move(clause));
            }
            if (all.size() > kMostAlternatives) return std::nullopt;
        }
    }
    return all;
}

std::optional<Alternatives> neither(const Alternatives& alternatives, Effort& effort) {
    std::optional<Alternatives> all{{Clause{}}};
    for (const auto& clause : alternatives) {
        Alternatives failing;
        for (const auto& test : clause) {
            const auto ways = opposite(test);
            failing.insert(failing.end(), ways.begin(), ways.end());
        }
        all = both(*all, failing, effort);
        if (!all) return std::nullopt;
    }
    return all;
}

}  // namespace callgate::profiles
