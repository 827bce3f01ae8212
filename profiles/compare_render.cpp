#include "harness/core/printable.h"
#include "profiles/compare_targets.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace callgate::profiles {

namespace {

constexpr std::string_view kByCall = "by call";

std::string shown(const std::string& answer) {
    return answer.empty() ? std::string{kByCall} : answer;
}

/// Every row of the table as words, the head first.
std::vector<std::vector<std::string>> rows_of(const TargetComparison& comparison) {
    std::vector<std::vector<std::string>> rows{{"arch", "call"}};
    rows.front().insert(rows.front().end(), comparison.targets.begin(), comparison.targets.end());
    for (const auto& difference : comparison.differences) {
        std::vector<std::string> row{difference.arch, difference.call};
        for (const auto& answer : difference.answers) row.push_back(shown(answer));
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace

std::string render_text(const TargetComparison& comparison) {
    if (comparison.differences.empty()) return "the targets agree on every call\n";
    const auto rows = rows_of(comparison);
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string out;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
        line.erase(line.find_last_not_of(' ') + 1);
        out += core::printable(line) + "\n";
    }
    out += "\n";
    for (const auto& line : comparison.summary) out += core::printable(line) + "\n";
    return out;
}

std::string render_markdown(const TargetComparison& comparison) {
    if (comparison.differences.empty()) return "The targets agree on every call.\n";
    std::string out;
    bool head = true;
    for (const auto& row : rows_of(comparison)) {
        out += "|";
        for (const auto& cell : row) out += fmt::format(" {} |", core::printable(cell));
        out += "\n";
        if (!head) continue;
        out += "|";
        for (std::size_t i = 0; i < row.size(); ++i) out += "---|";
        out += "\n";
        head = false;
    }
    out += "\n";
    for (const auto& line : comparison.summary) out += fmt::format("- {}\n", core::printable(line));
    return out;
}

std::string render_json(const TargetComparison& comparison) {
    using Json = nlohmann::ordered_json;
    auto list = Json::array();
    for (const auto& difference : comparison.differences) {
        auto answers = Json::array();
        for (const auto& answer : difference.answers) answers.push_back(answer.empty() ? Json{nullptr} : Json{answer});
        list.push_back({{"arch", difference.arch}, {"call", difference.call}, {"answers", std::move(answers)}});
    }
    const Json document{
        {"targets", comparison.targets}, {"differences", std::move(list)}, {"summary", comparison.summary}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace callgate::profiles
