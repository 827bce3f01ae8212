#include "harness/model/mode.h"
#include "reports/case_text.h"
#include "reports/html/markup.h"
#include "reports/html/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace callgate::reports::html {

namespace {

using model::CaseResult;
using model::Outcome;

constexpr std::size_t kMostBytes = std::size_t{4} * 1024 * 1024;
constexpr std::size_t kMostText = 1024;
constexpr std::size_t kMostItems = 50;
constexpr std::size_t kLogLines = 60;

/// A list of at most kMostItems items that are markup already.
std::string list_of(const std::vector<std::string>& items) {
    if (items.empty()) return "";
    std::string out = "<ul>\n";
    for (std::size_t i = 0; i < std::min(items.size(), kMostItems); ++i) out += "<li>" + items[i] + "</li>\n";
    if (items.size() > kMostItems)
        out += fmt::format("<li>{} more in <code>run.json</code></li>\n", items.size() - kMostItems);
    return out + "</ul>\n";
}

std::string step_words(const model::StepResult& step) {
    auto out = fmt::format("{} {}, {}", outcome_words(step.outcome), code(step.name), duration_words(step.duration));
    if (!step.message.empty()) out += ": " + text(step.message, kMostText);
    if (!step.place.file.empty()) out += fmt::format(" ({})", code(place_words(step.place)));
    return out;
}

std::string details_of(const CaseResult& c) {
    std::vector<std::string> reasons;
    for (const auto& reason : c.reasons) reasons.push_back(text(reason, kMostText));
    std::vector<std::string> steps;
    for (const auto& step : c.steps) steps.push_back(step_words(step));
    std::vector<std::string> notes;
    for (const auto& note : c.notes) notes.push_back(text(note, kMostText));
    std::string out;
    const auto part = [&out](std::string_view title, const std::string& markup) {
        if (!markup.empty()) out += fmt::format("<h3>{}</h3>\n{}", title, markup);
    };
    part("Why", list_of(reasons));
    part("Steps", list_of(steps));
    if (c.end) part("The workload", fmt::format("<p>{}</p>\n", escaped(model::describe(*c.end))));
    part("Notes", list_of(notes));
    if (!c.log_tail.empty()) part("Last output", block(quoted_tail(c.log_tail, kLogLines), "last output"));
    return out;
}

std::string body_of(const CaseResult& c) {
    auto outcome = outcome_words(c.outcome);
    if (c.runs > 1) outcome += fmt::format(" <small>{} of {} runs passed</small>", c.passed_runs, c.runs);
    const bool bad = c.outcome != Outcome::passed;
    auto out = fmt::format("<tbody role=\"rowgroup\" data-modes=\"{}\"{}>\n<tr role=\"row\">", model::mode_name(c.mode),
                           bad ? " data-bad" : "");
    out += fmt::format("<th scope=\"row\" role=\"rowheader\">{}</th>", text(c.scenario));
    out += cell("Mode", model::mode_name(c.mode)) + cell("Profile", code(c.profile)) + cell("Outcome", outcome) +
           cell("Time", c.outcome == Outcome::skipped ? "–" : duration_words(c.duration)) +
           // In enforce mode nobody counts: empty is not the same as none.
           cell("Refusals", c.refused.empty() ? "–" : std::to_string(refusals(c))) +
           cell("Plan", code(place_words(c.place)));
    out += "</tr>\n";
    if (const auto details = bad || !c.steps.empty() ? details_of(c) : ""; !details.empty()) {
        out += fmt::format("<tr role=\"row\"><td role=\"cell\" colspan=\"7\">{}</td></tr>\n",
                           folded(bad ? text(why(c), kMostText) : "Steps", details));
    }
    return out + "</tbody>\n";
}

}  // namespace

std::string cases(const model::RunResult& run) {
    if (run.cases.empty()) return "";
    const auto order = failed_first(run);
    std::vector<std::string> bodies;
    bodies.reserve(order.size());
    for (const auto* c : order) bodies.push_back(body_of(*c));
    return table("cases", {"Scenario", "Mode", "Profile", "Outcome", "Time", "Refusals", "Plan"}, bodies, kMostBytes);
}

std::string notes(const model::RunResult& run) {
    std::vector<std::string> items;
    for (const auto& note : run.notes) items.push_back(text(note, kMostText));
    return list_of(items);
}

}  // namespace callgate::reports::html
