#include "reports/case_text.h"

#include "harness/core/printable.h"
#include "harness/model/mode.h"
#include "reports/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace callgate::reports {

namespace {

using Out = std::back_insert_iterator<std::string>;

constexpr std::size_t kTailLines = 10;
constexpr std::size_t kFrames = 16;
constexpr std::size_t kExactRules = 8;
/// A reason may name a body that was seen and one that was wanted.
constexpr std::size_t kReasonBytes = 4 * kShownBytes;

void write_place(Out out, const model::Place& place) {
    // Two blanks and `at`: mikepenz/action-junit-report takes the line of its annotation from there.
    if (!place.file.empty()) fmt::format_to(out, "  at {}\n", place_words(place));
}

void write_sighting(Out out, const Sighting& sighting) {
    const auto& v = *sighting.what;
    fmt::format_to(out, "  {} {}x in {}, thread {}", refusal_words(v), sighting.count,
                   v.phase.empty() ? "the run" : shown(v.phase), thread_words(v));
    if (!v.exe.empty()) fmt::format_to(out, " of {}", shown(v.exe));
    fmt::format_to(out, "\n    {}\n", call_words(v));
    for (const auto& line : stack_lines(v.stack, kFrames)) fmt::format_to(out, "      {}\n", line);
}

void write_exact_rules(Out out, const Finding& finding) {
    const auto some = std::min(finding.exact_rules.size(), kExactRules);
    for (std::size_t i = 0; i < some; ++i)
        fmt::format_to(out, "  or for one call only: {}\n", shown(finding.exact_rules[i], kReasonBytes));
    if (some < finding.exact_rules.size()) {
        fmt::format_to(out, "  {} in run.json\n",
                       counted(finding.exact_rules.size() - some, "more such rule", "more such rules"));
    }
}
void write_failed_steps(Out out, const model::CaseResult& result) {
    for (const auto& step : result.steps) {
        if (step.outcome == model::Outcome::passed || step.outcome == model::Outcome::skipped) continue;
        fmt::format_to(out, "\nstep {}: {}\n", shown(step.name), model::outcome_name(step.outcome));
        if (!step.message.empty()) fmt::format_to(out, "  {}\n", shown(step.message, kReasonBytes));
        write_place(out, step.place);
    }
}

}  // namespace

std::string finding_text(const Finding& finding) {
    std::string text;
    const auto out = std::back_inserter(text);
    const auto& v = *finding.first;
    fmt::format_to(out, "{} ({}, number {}): {}\n", shown(v.syscall), shown(v.arch), v.nr, shown(v.action));
    write_place(out, v.rule);
    for (const auto& sighting : finding.sightings) write_sighting(out, sighting);
    if (!finding.fix.empty()) fmt::format_to(out, "  fix: {}\n", shown(finding.fix, kReasonBytes));
    write_exact_rules(out, finding);
    return text;
}

std::string case_text(const model::CaseResult& result) {
    std::string text;
    const auto out = std::back_inserter(text);
    fmt::format_to(out, "case {}: {} after {}\n", shown(result.name), model::outcome_name(result.outcome),
                   duration_words(result.duration));
    if (result.reasons.empty()) fmt::format_to(out, "- {}\n", why(result));
    for (const auto& reason : result.reasons) fmt::format_to(out, "- {}\n", shown(reason, kReasonBytes));
    // The profile's line comes first: readers take the first place they find.
    for (const auto& finding : findings({&result})) fmt::format_to(out, "\n{}", finding_text(finding));
    write_failed_steps(out, result);
    if (result.end) fmt::format_to(out, "\nthe workload: {}\n", model::describe(*result.end));
    if (!result.place.file.empty()) {
        fmt::format_to(out, "\nthe scenario:\n");
        write_place(out, result.place);
    }
    for (const auto& note : result.notes) fmt::format_to(out, "note: {}\n", shown(note, kReasonBytes));
    if (!result.log_tail.empty()) {
        fmt::format_to(out, "\nlast output of the workload:\n{}", quoted_tail(result.log_tail, kTailLines));
    }
    return text;
}

std::vector<const model::CaseResult*> failed_first(const model::RunResult& run) {
    std::vector<const model::CaseResult*> order;
    for (const auto& one : run.cases) order.push_back(&one);
    std::stable_partition(order.begin(), order.end(),
                          [](const auto* one) { return one->outcome != model::Outcome::passed; });
    return order;
}

std::string step_table(const model::CaseResult& result) {
    std::size_t widest = 0;
    for (const auto& step : result.steps) widest = std::max(widest, model::outcome_name(step.outcome).size());
    std::string text;
    const auto out = std::back_inserter(text);
    for (const auto& step : result.steps) {
        fmt::format_to(out, "{:<{}}  {:>8.3f} s  {}", model::outcome_name(step.outcome), widest,
                       static_cast<double>(step.duration.count()) / 1000, shown(step.name));
        for (const auto& metric : step.metrics) fmt::format_to(out, "  {}={:g}", shown(metric.name), metric.value);
        text += '\n';
    }
    return text;
}

std::string quoted_tail(std::string_view log, std::size_t lines) {
    while (!log.empty() && (log.back() == '\n' || log.back() == '\r')) log.remove_suffix(1);
    if (log.empty()) return "";
    std::vector<std::string_view> last;
    while (last.size() < lines) {
        const auto newline = log.rfind('\n');
        last.push_back(newline == std::string_view::npos ? log : log.substr(newline + 1));
        if (newline == std::string_view::npos) break;
        log = log.substr(0, newline);
    }
    std::string text;
    std::reverse(last.begin(), last.end());
    for (auto line : last) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        text += fmt::format("| {}\n", shown(line));
    }
    return text;
}

std::string head_and_tail(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return std::string{text};
    const auto half = limit / 2;
    // Whole lines, so that a cut is never taken for what was said.
    const auto head_end = text.rfind('\n', half);
    const auto head = text.substr(0, head_end == std::string_view::npos ? 0 : head_end + 1);
    const auto tail_start = text.find('\n', text.size() - half);
    const auto tail = tail_start == std::string_view::npos ? std::string_view{} : text.substr(tail_start + 1);
    return fmt::format("{}\n[{} of {} bytes are left out here; run.json has all of it]\n\n{}", head,
                       text.size() - head.size() - tail.size(), text.size(), tail);
}

}  // namespace callgate::reports
