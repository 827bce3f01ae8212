#include "harness/model/run_result.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <utility>

namespace callgate::model {

namespace {

constexpr std::array<std::pair<Outcome, std::string_view>, 9> kOutcomes{{
    {Outcome::passed, "passed"},
    {Outcome::violated, "violated"},
    {Outcome::expectation_missed, "expectation-missed"},
    {Outcome::workload_failed, "workload-failed"},
    {Outcome::timed_out, "timed-out"},
    {Outcome::setup_failed, "setup-failed"},
    {Outcome::incomplete, "incomplete"},
    {Outcome::harness_fault, "harness-fault"},
    {Outcome::skipped, "skipped"},
}};

constexpr int kExitPassed = 0;
constexpr int kExitFindings = 1;
constexpr int kExitNoVerdict = 3;
constexpr int kExitNothingSelected = 4;
constexpr int kExitBug = 70;
constexpr int kExitSignalBase = 128;

}  // namespace

std::string_view outcome_name(Outcome outcome) {
    for (const auto& [candidate, name] : kOutcomes) {
        if (candidate == outcome) return name;
    }
    return "harness-fault";
}

std::optional<Outcome> outcome_from_name(std::string_view name) {
    for (const auto& [outcome, candidate] : kOutcomes) {
        if (candidate == name) return outcome;
    }
    return std::nullopt;
}

bool is_finding(Outcome outcome) {
    return outcome == Outcome::violated || outcome == Outcome::expectation_missed ||
           outcome == Outcome::workload_failed || outcome == Outcome::timed_out;
}

bool is_no_verdict(Outcome outcome) {
    return outcome == Outcome::setup_failed || outcome == Outcome::incomplete;
}

std::string describe(const ProcessEnd& end) {
    switch (end.kind) {
        case ProcessEnd::Kind::exited:
            return fmt::format("exited with {}", end.value);
        case ProcessEnd::Kind::signaled: {
            const char* name = ::sigabbrev_np(end.value);
            return name != nullptr ? fmt::format("killed by SIG{}", name)
                                   : fmt::format("killed by signal {}", end.value);
        }
        case ProcessEnd::Kind::running:
            break;
    }
    return "still running";
}

int exit_code(const RunResult& run) {
    const auto any = [&](auto predicate) {
        return std::any_of(run.cases.begin(), run.cases.end(),
                           [&](const CaseResult& c) { return predicate(c.outcome); });
    };
    if (any([](Outcome o) { return o == Outcome::harness_fault; })) return kExitBug;
    if (run.interrupted_by != 0) return kExitSignalBase + run.interrupted_by;
    if (run.cases.empty()) return run.shard ? kExitPassed : kExitNothingSelected;
    if (any(is_finding)) return kExitFindings;
    // A skipped case has a cause elsewhere in the run; on its own it is no verdict.
    if (any(is_no_verdict) || any([](Outcome o) { return o == Outcome::skipped; })) return kExitNoVerdict;
    return kExitPassed;
}

bool fails_in_earnest(Outcome outcome, const std::vector<std::string>& reasons, const std::vector<OracleMiss>& misses) {
    if (outcome == Outcome::passed || outcome == Outcome::skipped) return false;
    const bool mild = std::all_of(misses.begin(), misses.end(), [](const OracleMiss& miss) {
        return miss.oracle == "latency" || miss.oracle == "log";
    });
    return misses.empty() || reasons.size() != misses.size() || !mild;
}

}  // namespace callgate::model
