#include "reports/coverage.h"
#include "reports/page.h"
#include "reports/terminal_parts.h"
#include "reports/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace callgate::reports {

namespace {

constexpr std::size_t kMostNames = 60;
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::size_t kMostColumns = 42;
constexpr std::size_t kNameColumns = 30;

/// One line per permission, with the line of the profile, one column per case: what was used where.
void write_table(Page& page, const model::Coverage& coverage) {
    const auto columns = std::min(coverage.cases.size(), kMostColumns);
    for (std::size_t i = 0; i < columns; ++i)
        page.cut_line(4, fmt::format("{}  {}", kLetters[i], shown(coverage.cases[i])));
    if (columns < coverage.cases.size()) {
        page.line(4,
                  fmt::format("{} in run.json", counted(coverage.cases.size() - columns, "more case", "more cases")));
    }
    for (const auto& permission : coverage.permissions) {
        std::string marks;
        for (std::size_t i = 0; i < columns; ++i)
            marks += permission.by_case.count(coverage.cases[i]) != 0 ? kLetters[i] : '.';
        page.cut_line(0, fmt::format("{:>5} {} {}", permission.rule.line,
                                     padded(shown(permission_words(permission)), kNameColumns), marks));
    }
}

}  // namespace

void write_coverage(Page& page, const model::RunResult& run) {
    if (run.coverage.empty()) return;
    page.heading("Coverage");
    for (const auto& one : run.coverage) {
        page.wrapped(2, fmt::format("{}: {}", shown(one.profile), shown(coverage_words(one), 4 * kShownBytes)));
        if (page.style().verbose) write_table(page, one);
        const auto unused = unused_permissions(one);
        if (unused.empty()) continue;
        page.line(4, "unused, so either too much is permitted or a scenario is missing:");
        page.wrapped(6, joined(unused, kMostNames));
    }
}

}  // namespace callgate::reports
