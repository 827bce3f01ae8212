#include "reports/recurrence.h"

#include "reports/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

namespace callgate::reports {

namespace {

/// Architecture and system call.
using Calls = std::set<std::pair<std::string, std::string>>;

Calls refused_in(const model::CaseResult& result) {
    Calls calls;
    for (const auto& total : result.refused) calls.insert({total.arch, total.syscall});
    return calls;
}

Calls without(const Calls& calls, const Calls& others) {
    Calls rest;
    std::set_difference(calls.begin(), calls.end(), others.begin(), others.end(), std::inserter(rest, rest.end()));
    return rest;
}

std::string names(const Calls& calls) {
    const bool one_arch = calls.begin()->first == calls.rbegin()->first;
    std::vector<std::string> words;
    for (const auto& [arch, name] : calls)
        words.push_back(one_arch ? shown(name) : fmt::format("{} ({})", shown(name), shown(arch)));
    return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

std::string recurrence(const model::CaseResult& then, const model::CaseResult& now) {
    const auto calls_then = refused_in(then);
    const auto calls_now = refused_in(now);
    std::vector<std::string> differences;
    if (const auto gone = without(calls_then, calls_now); !gone.empty())
        differences.push_back("refused only then: " + names(gone));
    if (const auto fresh = without(calls_now, calls_then); !fresh.empty())
        differences.push_back("refused only now: " + names(fresh));
    const auto outcome = model::outcome_name(now.outcome);
    if (then.outcome != now.outcome)
        differences.push_back(fmt::format("the outcome was {} and is {}", model::outcome_name(then.outcome), outcome));
    if (!differences.empty()) return fmt::format("not reproduced: {}", fmt::join(differences, "; "));
    if (calls_now.empty()) return fmt::format("reproduced: {} again, with no refusal seen either time", outcome);
    return fmt::format("reproduced: {} again, with the same refusals: {}", outcome, names(calls_now));
}

}  // namespace callgate::reports
