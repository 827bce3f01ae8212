#include "reports/terminal_parts.h"
#include "reports/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace callgate::reports {

namespace {

using model::CaseResult;
using model::Outcome;

constexpr std::size_t kOutcomeColumns = 20;  // "✗ expectation-missed"
constexpr std::size_t kDurationColumns = 10;
constexpr std::size_t kMostRows = 60;

using Group = std::vector<const CaseResult*>;

std::vector<Group> grouped(const model::RunResult& run) {
    std::vector<Group> groups;
    std::map<std::pair<std::string_view, model::Mode>, std::size_t> index;
    for (const auto& result : run.cases) {
        const auto [entry, is_new] = index.try_emplace({result.profile, result.mode}, groups.size());
        if (is_new) groups.emplace_back();
        groups[entry->second].push_back(&result);
    }
    return groups;
}

bool all_passed(const Group& group) {
    return std::all_of(group.begin(), group.end(), [](const CaseResult* c) { return c->outcome == Outcome::passed; });
}

/// "7 refusals", "7 refusals, all expected", "7 refusals, 2 kinds expected"; "" where there is none.
std::string refusal_count(std::uint64_t refused, std::uint64_t expected) {
    if (refused == 0) return "";
    auto words = counted(refused, "refusal", "refusals");
    if (expected == refused) return words + ", all expected";
    return expected == 0 ? words : fmt::format("{}, {} expected", words, expected);
}

std::uint64_t expected_refusals(const CaseResult& result) {
    std::uint64_t sum = 0;
    for (const auto& violation : result.expected) sum += violation.count;
    return sum;
}

struct Widths {
    std::size_t suite = 0;
    std::size_t scenario = 0;
};

Widths widths_of(const Page& page, const std::vector<Group>& groups) {
    Widths widths;
    for (const auto& group : groups) {
        widths.suite = std::max(widths.suite, display_width(suite_name(*group.front())));
        for (const auto* c : group) widths.scenario = std::max(widths.scenario, display_width(shown(c->scenario)));
    }
    // The columns beside them need their room; a name that is longer pushes its own line only.
    widths.suite = std::min(widths.suite, page.width() / 2);
    widths.scenario = std::min(widths.scenario, page.width() * 2 / 5);
    return widths;
}

/// A group that passed is one line: nobody needs to read it.
void write_passed_group(Page& page, const Group& group, std::size_t columns) {
    core::Milliseconds duration{0};
    std::uint64_t refused = 0;
    std::uint64_t expected = 0;
    for (const auto* c : group) {
        duration += c->duration;
        refused += refusals(*c);
        expected += expected_refusals(*c);
    }
    page.line(
        2, fmt::format("{}{}  {}  {:>{}}  {}", page.outcome(Outcome::passed, 10),
                       padded(suite_name(*group.front()), columns), padded(counted(group.size(), "case", "cases"), 9),
                       duration_words(duration), kDurationColumns, refusal_count(refused, expected)));
}

void write_row(Page& page, const CaseResult& c, std::size_t scenario_columns) {
    page.line(4, fmt::format("{}  {}  {:>{}}  {}", page.outcome(c.outcome, kOutcomeColumns),
                             padded(shown(c.scenario), scenario_columns),
                             c.outcome == Outcome::skipped ? "" : duration_words(c.duration), kDurationColumns,
                             refusal_count(refusals(c), expected_refusals(c))));
    if (c.outcome == Outcome::passed) return;
    page.cut_line(6, why(c));
}

void write_group(Page& page, const Group& group, std::size_t scenario_columns) {
    page.line(2, suite_name(*group.front()));
    const auto passed = static_cast<std::size_t>(
        std::count_if(group.begin(), group.end(), [](const CaseResult* c) { return c->outcome == Outcome::passed; }));
    // The ones that did not pass are what the page is for: the others get what room they leave.
    const auto most = page.style().verbose ? group.size() : kMostRows;
    std::size_t room_for_failed = std::min(most, group.size() - passed);
    std::size_t room_for_passed = most - room_for_failed;
    std::size_t left_out = 0;
    for (const auto* c : group) {
        auto& room = c->outcome == Outcome::passed ? room_for_passed : room_for_failed;
        if (room == 0) {
            ++left_out;
            continue;
        }
        --room;
        write_row(page, *c, scenario_columns);
    }
    if (left_out > 0) page.line(4, fmt::format("{} in run.json", counted(left_out, "more case", "more cases")));
}

}  // namespace

void write_cases(Page& page, const model::RunResult& run) {
    if (run.cases.empty()) return;
    const auto groups = grouped(run);
    const auto widths = widths_of(page, groups);
    if (model::exit_code(run) == 0 && !page.style().verbose) {
        page.blank();
    } else {
        page.heading("Cases");
    }
    for (const auto& group : groups) {
        if (all_passed(group) && !page.style().verbose) {
            write_passed_group(page, group, widths.suite);
        } else {
            write_group(page, group, widths.scenario);
        }
    }
}

}  // namespace callgate::reports
