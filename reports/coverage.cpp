#include "reports/coverage.h"

#include "reports/markdown_text.h"
#include "reports/rows.h"
#include "reports/wording.h"

#include <fmt/format.h>

#include <algorithm>

namespace callgate::reports {

namespace {

constexpr std::size_t kMostCell = 200;
constexpr std::size_t kMostNames = 60;
/// GitHub refuses a step summary over 1 MiB; this is one of its long parts.
constexpr std::size_t kMostTables = std::size_t{100} * 1024;

std::string code(std::string_view text) {
    return markdown_code(text, kMostCell);
}

std::string row_of(const model::PermissionUse& permission, const std::vector<std::string>& cases) {
    auto row = fmt::format("| {} | {} |", code(permission_words(permission)), code(place_words(permission.rule)));
    for (const auto& name : cases) {
        const auto found = permission.by_case.find(name);
        row += found == permission.by_case.end() ? std::string{"  |"} : fmt::format(" {} |", found->second);
    }
    return row + "\n";
}

std::string table(const model::Coverage& coverage) {
    std::string head = "| Permission | Rule |";
    std::string line = "|---|---|";
    for (const auto& name : coverage.cases) {
        head += fmt::format(" {} |", code(name));
        line += "--:|";
    }
    std::string text = head + "\n" + line + "\n";
    std::vector<std::string> rows;
    rows.reserve(coverage.permissions.size());
    for (const auto& permission : coverage.permissions) rows.push_back(row_of(permission, coverage.cases));
    const auto left = append_fitting(text, rows, kMostTables - std::min(kMostTables, text.size()));
    if (left > 0) text += fmt::format("\n{} in `run.json`.\n", counted(left, "more is", "more are"));
    return text;
}

}  // namespace

bool is_about_coverage(const model::CaseResult& result) {
    return result.scenario == "coverage" && result.place.file.empty();
}

std::string coverage_words(const model::Coverage& coverage) {
    if (!coverage.why_not.empty()) return "was not measured: " + coverage.why_not;
    return fmt::format("{} of {} permissions were used ({} %)", coverage.used(), coverage.permissions.size(),
                       coverage.percent());
}

std::string permission_words(const model::PermissionUse& permission) {
    if (permission.condition.empty()) return permission.syscall;
    return fmt::format("{} ({})", permission.syscall, permission.condition);
}

std::vector<std::string> unused_permissions(const model::Coverage& coverage) {
    std::vector<std::string> unused;
    for (const auto& one : coverage.permissions) {
        if (one.used()) continue;
        auto words = permission_words(one);
        if (one.unsure > 0) words += " (called, but with arguments that were not seen)";
        unused.push_back(std::move(words));
    }
    return unused;
}

std::string markdown_coverage(const model::RunResult& run) {
    if (run.coverage.empty()) return "";
    std::string out = "\n### Coverage\n\n";
    for (const auto& one : run.coverage) {
        out += fmt::format("- {}: {}", code(one.profile), markdown_prose(coverage_words(one), kMostCell));
        const auto unused = unused_permissions(one);
        if (!unused.empty()) {
            out += ". Unused, so either too much is permitted or a scenario is missing: " +
                   markdown_code(joined(unused, kMostNames), kMostNames * kMostCell);
        }
        out += "\n";
    }
    for (const auto& one : run.coverage) {
        if (one.permissions.empty() || out.size() > kMostTables) continue;
        out += fmt::format("\n<details><summary>{}</summary>\n\n{}\n</details>\n",
                           "Which scenario used which permission, and how often", table(one));
    }
    return out;
}

}  // namespace callgate::reports
