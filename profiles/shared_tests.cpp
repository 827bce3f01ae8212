#include "profiles/shared_tests.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace callgate::profiles {

namespace {

using Argument = model::Profile::Argument;
using Operator = model::Profile::Operator;

constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();

bool is_ordered(const Argument& test) {
    return test.op != Operator::eq && test.op != Operator::masked_eq;
}

Argument with(Argument test, Operator op, std::uint64_t value) {
    test.op = op;
    test.value = value;
    return test;
}

/// What a test can be said with: each a list of which one is enough.
std::vector<std::vector<Argument>> wordings(const Argument& test) {
    std::vector<std::vector<Argument>> all{{test}};
    const auto value = test.value;
    const bool lowest = value == 0;
    const bool highest = value == kMost;
    switch (test.op) {
        case Operator::lt:
            if (!lowest) all.push_back({with(test, Operator::le, value - 1)});
            break;
        case Operator::le:
            if (!highest) all.push_back({with(test, Operator::lt, value + 1)});
            break;
        case Operator::ge:
            if (!lowest) all.push_back({with(test, Operator::gt, value - 1)});
            break;
        case Operator::gt:
            if (!highest) all.push_back({with(test, Operator::ge, value + 1)});
            break;
        case Operator::ne:
            if (lowest) {
                all.push_back({with(test, Operator::gt, 0)});
                all.push_back({with(test, Operator::ge, 1)});
            } else if (highest) {
                all.push_back({with(test, Operator::lt, kMost)});
                all.push_back({with(test, Operator::le, kMost - 1)});
            } else {
                all.push_back({with(test, Operator::lt, value), with(test, Operator::gt, value)});
                all.push_back({with(test, Operator::le, value - 1), with(test, Operator::ge, value + 1)});
            }
            break;
        case Operator::eq:
        case Operator::masked_eq:
            break;
    }
    return all;
}

/// A clause in all its words, the given ones first: each a list of clauses of which one is enough.
std::vector<Alternatives> wordings(const Clause& clause) {
    std::vector<Alternatives> all{{Clause{}}};
    for (const auto& test : clause) {
        std::vector<Alternatives> next;
        for (const auto& said : all) {
            for (const auto& words : wordings(test)) {
                Alternatives longer;
                for (const auto& way : words) {
                    for (const auto& begun : said) {
                        longer.push_back(begun);
                        longer.back().push_back(way);
                    }
                }
                next.push_back(std::move(longer));
            }
        }
        all = std::move(next);
    }
    return all;
}

/// No clause of `more` shares a test with one of `said`, or with another of `more`.
bool fits(const Alternatives& said, const Alternatives& more) {
    for (auto clause = more.begin(); clause != more.end(); ++clause) {
        const auto shares = [&](const Clause& other) { return share_a_test(*clause, other); };
        if (std::any_of(said.begin(), said.end(), shares) || std::any_of(more.begin(), clause, shares)) return false;
    }
    return true;
}

}  // namespace

bool share_a_test(const Clause& a, const Clause& b) {
    if (a.size() < 2 || b.size() < 2) return false;
    return std::any_of(a.begin(), a.end(), [&](const Argument& test) {
        return is_ordered(test) && std::any_of(b.begin(), b.end(), [&](const Argument& other) {
                   return other.index == test.index && other.op == test.op && other.value == test.value;
               });
    });
}

void say_without_shared_tests(std::vector<Answers::Case>& cases) {
    Alternatives said;
    for (auto& one : cases) {
        Alternatives kept;
        for (const auto& clause : one.when) {
            const auto ways = wordings(clause);
            const auto way =
                std::find_if(ways.begin(), ways.end(), [&](const Alternatives& words) { return fits(said, words); });
            if (way == ways.end()) continue;
            said.insert(said.end(), way->begin(), way->end());
            kept.insert(kept.end(), way->begin(), way->end());
        }
        one.when = std::move(kept);
    }
    std::erase_if(cases, [](const Answers::Case& one) { return one.when.empty(); });
}

}  // namespace callgate::profiles
