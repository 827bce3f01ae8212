#include "reports/coverage.h"

#include "reports/html/markup.h"
#include "reports/html/sections.h"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace callgate::reports::html {

namespace {

constexpr std::size_t kMostBytes = std::size_t{2} * 1024 * 1024;
constexpr std::size_t kMostText = 1024;

std::string row_of(const model::PermissionUse& permission, const std::vector<std::string>& cases) {
    auto row = fmt::format("<tbody role=\"rowgroup\" data-modes=\"log\"{}>\n<tr role=\"row\">",
                           permission.used() ? "" : " data-bad");
    row += fmt::format("<th scope=\"row\" role=\"rowheader\">{}</th>", code(permission_words(permission)));
    row += cell("Rule", code(place_words(permission.rule)));
    for (const auto& name : cases) {
        const auto found = permission.by_case.find(name);
        row += cell(shown(name), found == permission.by_case.end() ? "–" : std::to_string(found->second));
    }
    return row + "</tr>\n</tbody>\n";
}

std::string table_of(const model::Coverage& coverage) {
    std::vector<std::string> head{"Permission", "Rule"};
    for (const auto& name : coverage.cases) head.push_back(shown(name));
    std::vector<std::string> rows;
    rows.reserve(coverage.permissions.size());
    for (const auto& permission : coverage.permissions) rows.push_back(row_of(permission, coverage.cases));
    return folded("Which scenario used which permission, and how often",
                  table("permissions by scenario", head, rows, kMostBytes));
}

}  // namespace

std::string coverage(const model::RunResult& run) {
    std::string out;
    for (const auto& one : run.coverage) {
        out += fmt::format("<p>{}: {}</p>\n", code(one.profile), text(coverage_words(one), kMostText));
        const auto unused = unused_permissions(one);
        if (!unused.empty()) {
            out += "<p>Unused, so either too much is permitted or a scenario is missing:</p>\n<ul>\n";
            for (const auto& permission : unused) out += "<li>" + code(permission) + "</li>\n";
            out += "</ul>\n";
        }
        if (!one.permissions.empty()) out += table_of(one);
    }
    return out;
}

}  // namespace callgate::reports::html
