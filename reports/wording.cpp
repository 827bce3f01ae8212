#include "reports/wording.h"

#include "harness/core/printable.h"
#include "harness/model/mode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace callgate::reports {

namespace {

using model::Outcome;

/// The order in which a verdict counts them: worst first.
constexpr std::array kWorstFirst{Outcome::harness_fault,   Outcome::violated,  Outcome::expectation_missed,
                                 Outcome::workload_failed, Outcome::timed_out, Outcome::setup_failed,
                                 Outcome::incomplete,      Outcome::skipped};

std::string outcome_counts(const model::RunResult& run) {
    std::string text;
    for (const Outcome outcome : kWorstFirst) {
        const auto number = std::count_if(run.cases.begin(), run.cases.end(),
                                          [&](const model::CaseResult& c) { return c.outcome == outcome; });
        if (number == 0) continue;
        if (!text.empty()) text += ", ";
        text += fmt::format("{} {}", number, model::outcome_name(outcome));
    }
    return text;
}

std::string_view without_reason(Outcome outcome) {
    switch (outcome) {
        case Outcome::passed:
            return "";
        case Outcome::violated:
            return "the profile refuses what the workload needs";
        case Outcome::expectation_missed:
            return "the workload did not show what the plan expects";
        case Outcome::workload_failed:
            return "the workload failed";
        case Outcome::timed_out:
            return "it took longer than it may";
        case Outcome::setup_failed:
            return "it could not be set up on this host";
        case Outcome::incomplete:
            return "callgate could not see everything";
        case Outcome::harness_fault:
            return "callgate is at fault; please report it";
        case Outcome::skipped:
            return "it was not run";
    }
    return "";
}

/// "mkdir and 2 more system calls would be refused".
std::string violations_words(const model::CaseResult& result) {
    std::set<std::string_view> names;
    for (const auto& violation : result.violations) names.insert(violation.syscall);
    const auto& first = result.violations.front();
    const auto more = names.size() - 1;
    const auto others = more == 0 ? "" : fmt::format(" and {}", counted(more, "more system call", "more system calls"));
    return fmt::format("{}{} {}", shown(first.syscall), others,
                       more > 0 && first.happened ? "are refused"
                       : first.happened           ? "is refused"
                                                  : "would be refused");
}

std::string_view base_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

/// Where a call is made for somebody else: nobody looks for the reason there.
bool is_c_library(std::string_view module) {
    constexpr std::array<std::string_view, 7> kBeginnings{"libc.so", "libc-2",  "libpthread", "ld-linux",
                                                          "ld-2",    "ld-musl", "[vdso]"};
    return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                       [&](std::string_view beginning) { return module.starts_with(beginning); });
}

std::string source_words(const model::StackFrame& frame) {
    return place_words({frame.file, static_cast<std::size_t>(std::max(0, frame.line)), 0});
}

}  // namespace

std::string shown(std::string_view text, std::size_t limit) {
    // Nothing gets shorter by being made printable, so what lies further back cannot be shown; it may be long. The few
    // bytes more keep a character that stands at the limit whole.
    constexpr std::size_t kLongestCharacter = 4;
    return core::shortened(core::printable(text.substr(0, limit + kLongestCharacter)), limit);
}

std::string duration_words(core::Milliseconds duration) {
    constexpr long kSecond = 1000;
    constexpr long kMinute = 60 * kSecond;
    constexpr long kFewSeconds = 10 * kSecond;
    const long ms = std::max<long>(0, duration.count());
    if (ms < kFewSeconds) return fmt::format("{:.2f} s", static_cast<double>(ms) / kSecond);
    if (ms < kMinute) return fmt::format("{:.1f} s", static_cast<double>(ms) / kSecond);
    return fmt::format("{} min {:02} s", ms / kMinute, ms % kMinute / kSecond);
}

std::string counted(std::uint64_t number, std::string_view singular, std::string_view plural) {
    return fmt::format("{} {}", number, number == 1 ? singular : plural);
}

std::string joined(const std::vector<std::string>& names, std::size_t most) {
    std::string text;
    const auto some = std::min(names.size(), most);
    for (std::size_t i = 0; i < some; ++i) text += fmt::format("{}{}", i == 0 ? "" : ", ", shown(names[i]));
    if (some < names.size()) text += fmt::format(" and {} more", names.size() - some);
    return text;
}

std::string place_words(const model::Place& place) {
    if (place.file.empty()) return "";
    return place.line == 0 ? shown(place.file) : fmt::format("{}:{}", shown(place.file), place.line);
}

std::string suite_name(const model::CaseResult& result) {
    return fmt::format("{} / {}", result.profile.empty() ? "no profile" : shown(result.profile),
                       model::mode_name(result.mode));
}

std::string subject(const model::RunResult& run) {
    if (!run.plan.empty()) return shown(run.plan);
    return run.cases.empty() || run.cases.front().workload.empty() ? "run" : shown(run.cases.front().workload);
}

std::string why(const model::CaseResult& result) {
    if (!result.reasons.empty()) return shown(result.reasons.front(), 4 * kShownBytes);
    if (result.outcome == Outcome::violated && !result.violations.empty()) return violations_words(result);
    return std::string{without_reason(result.outcome)};
}

std::uint64_t refusals(const model::CaseResult& result) {
    std::uint64_t sum = 0;
    for (const auto& total : result.refused) sum += total.count;
    return sum;
}

std::string_view refusal_words(const model::Violation& violation) {
    return violation.happened ? "refused" : "would be refused";
}

std::string thread_words(const model::Violation& violation) {
    const auto name = violation.comm.empty() ? std::string{"?"} : shown(violation.comm);
    if (violation.pid == violation.tid) return fmt::format("{}[{}]", name, violation.tid);
    return fmt::format("{}[{}/{}]", name, violation.pid, violation.tid);
}

std::string call_words(const model::Violation& violation) {
    const auto call = shown(violation.decoded.empty() ? violation.syscall : violation.decoded);
    return violation.returned.empty() ? call : fmt::format("{} = {}", call, shown(violation.returned));
}

std::string frame_words(const model::StackFrame& frame) {
    const auto where =
        fmt::format("{}+{:#x}", frame.module.empty() ? "?" : shown(base_name(frame.module)), frame.offset);
    const auto source = source_words(frame);
    if (frame.symbol.empty()) return source.empty() ? where : fmt::format("{} at {}", where, source);
    return source.empty() ? fmt::format("{} in {}", shown(frame.symbol), where)
                          : fmt::format("{} at {} ({})", shown(frame.symbol), source, where);
}

std::vector<std::string> stack_lines(const std::vector<model::StackFrame>& stack, std::size_t most) {
    std::vector<std::string> lines;
    const auto some = std::min(stack.size(), most);
    for (std::size_t i = 0; i < some; ++i) lines.push_back(fmt::format("#{} {}", i, frame_words(stack[i])));
    if (some < stack.size())
        lines.push_back(fmt::format("{} in run.json", counted(stack.size() - some, "outer frame", "outer frames")));
    return lines;
}

std::string site_words(const std::vector<model::StackFrame>& stack) {
    const auto frame = std::find_if(stack.begin(), stack.end(),
                                    [](const model::StackFrame& f) { return !is_c_library(base_name(f.module)); });
    if (frame == stack.end()) return "";
    const auto source = source_words(*frame);
    if (frame->symbol.empty() || source.empty()) return "in " + frame_words(*frame);
    return fmt::format("in {} at {}", shown(frame->symbol), source);
}

Verdict verdict(const model::RunResult& run) {
    const auto total = run.cases.size();
    const auto failed = static_cast<std::size_t>(std::count_if(
        run.cases.begin(), run.cases.end(), [](const model::CaseResult& c) { return c.outcome != Outcome::passed; }));
    std::string text = subject(run) + ": ";
    if (total == 0) {
        text += run.interrupted_by != 0 ? "no case had finished" : "no case was selected";
    } else if (failed == 0) {
        text += total == 1 ? "1 case passed" : fmt::format("all {} cases passed", total);
    } else if (total == 1) {
        text += model::outcome_name(run.cases.front().outcome);
    } else {
        text += fmt::format("{} of {} cases did not pass ({})", failed, total, outcome_counts(run));
    }
    text += ", " + duration_words(run.duration);
    if (run.interrupted_by != 0) {
        // describe() knows the names of signals: "killed by SIGTERM".
        const auto killed = model::describe({model::ProcessEnd::Kind::signaled, run.interrupted_by});
        text += ", interrupted " + killed.substr(killed.find("by "));
    }

    using Tone = Verdict::Tone;
    constexpr int kExitBug = 70;
    const int code = model::exit_code(run);
    if (code == kExitBug) return {Tone::bad, "BUG IN CALLGATE", text};
    if (run.interrupted_by != 0) return {Tone::unsure, "INTERRUPTED", text};
    if (total == 0) return {Tone::unsure, "NOTHING SELECTED", text};
    if (code == 0) return {Tone::good, "PASSED", text};
    if (code == 1) return {Tone::bad, "FAILED", text};
    return {Tone::unsure, "NO VERDICT", text};
}

}  // namespace callgate::reports
