#include "reports/case_text.h"
#include "reports/terminal_parts.h"
#include "reports/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::reports {

namespace {

using model::CaseResult;
using model::Outcome;

constexpr std::size_t kMostCases = 10;
constexpr std::size_t kMostReasons = 5;
constexpr std::size_t kLogLines = 10;
constexpr std::size_t kLinesPerLogLine = 3;
constexpr std::size_t kReasonBytes = 4 * kShownBytes;

bool failed(const model::StepResult& step) {
    return step.outcome != Outcome::passed && step.outcome != Outcome::skipped;
}

bool ended_badly(const CaseResult& c) {
    return c.end && c.end->kind != model::ProcessEnd::Kind::running &&
           *c.end != model::ProcessEnd{model::ProcessEnd::Kind::exited, 0};
}

/// A refusal alone is told above; what else went wrong is told here.
bool has_more_to_say(const CaseResult& c) {
    if (c.outcome == Outcome::passed || c.outcome == Outcome::skipped) return false;
    return ended_badly(c) || c.outcome != Outcome::violated || c.violations.empty() || c.reasons.size() > 1 ||
           std::any_of(c.steps.begin(), c.steps.end(), failed);
}

bool tells(const std::string& reason, const model::StepResult& step) {
    return failed(step) && !step.message.empty() && reason.find(step.message) != std::string::npos;
}

void write_place(Page& page, const model::StepResult& step) {
    if (!step.place.file.empty()) page.line(6, "at " + place_words(step.place));
}

void write_reasons(Page& page, const CaseResult& c) {
    if (c.reasons.empty()) page.wrapped(4, why(c), 2);
    const auto some = page.style().verbose ? c.reasons.size() : std::min(c.reasons.size(), kMostReasons);
    for (std::size_t i = 0; i < some; ++i) {
        page.wrapped(4, shown(c.reasons[i], kReasonBytes), 2);
        for (const auto& step : c.steps) {
            if (tells(c.reasons[i], step)) write_place(page, step);
        }
    }
    if (some < c.reasons.size()) {
        page.line(4, fmt::format("{} in run.json", counted(c.reasons.size() - some, "more reason", "more reasons")));
    }
}

/// The failed steps that no reason speaks of.
void write_steps(Page& page, const CaseResult& c) {
    for (const auto& step : c.steps) {
        const bool told = std::any_of(c.reasons.begin(), c.reasons.end(),
                                      [&](const std::string& reason) { return tells(reason, step); });
        if (!failed(step) || told) continue;
        page.wrapped(4, fmt::format("{}: {}", shown(step.name), shown(step.message, kReasonBytes)), 2);
        write_place(page, step);
    }
}

void write_log(Page& page, const CaseResult& c, std::string_view& last_log) {
    if (c.log_tail.empty()) return;
    // Scenarios of one instance share its log.
    if (c.log_tail == last_log) {
        page.line(4, "last output: as above");
        return;
    }
    last_log = c.log_tail;
    page.line(4, "last output:");
    const auto quoted = quoted_tail(c.log_tail, kLogLines);
    for (std::size_t at = 0; at < quoted.size();) {
        const auto end = quoted.find('\n', at);
        page.wrapped(4, std::string_view{quoted}.substr(at, end - at), 4, kLinesPerLogLine);
        at = end + 1;
    }
}

void write_failure(Page& page, const CaseResult& c, std::string_view& last_log) {
    page.line(2, fmt::format("{}  {}", page.outcome(c.outcome, 0), shown(c.name)));
    write_reasons(page, c);
    write_steps(page, c);
    if (ended_badly(c)) page.line(4, fmt::format("the workload: {}", model::describe(*c.end)));
    write_log(page, c, last_log);
}

}  // namespace

void write_failures(Page& page, const model::RunResult& run) {
    std::vector<const CaseResult*> cases;
    for (const auto& c : run.cases) {
        if (has_more_to_say(c)) cases.push_back(&c);
    }
    if (cases.empty()) return;
    page.heading("What went wrong");
    const auto some = page.style().verbose ? cases.size() : std::min(cases.size(), kMostCases);
    std::string_view last_log;
    for (std::size_t i = 0; i < some; ++i) {
        if (i > 0) page.blank();
        write_failure(page, *cases[i], last_log);
    }
    if (some < cases.size()) {
        page.blank();
        page.line(2, fmt::format("{} in run.json", counted(cases.size() - some, "more case", "more cases")));
    }
}

}  // namespace callgate::reports
