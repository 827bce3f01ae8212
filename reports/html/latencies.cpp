#include "reports/latencies.h"

#include "harness/model/mode.h"
#include "reports/html/markup.h"
#include "reports/html/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace callgate::reports::html {

namespace {

constexpr std::size_t kMostFigures = 100;
constexpr std::size_t kMostRows = 50;
constexpr int kHeight = 56;

struct Row {
    const model::CaseResult* in;
    const model::StepResult* step;
    std::map<int, std::uint64_t> columns;
};

struct Figure {
    std::string scenario;
    std::string step;
    std::vector<Row> rows;
    int first = 0;  ///< columns that the pictures share, so that they can be compared
    int last = 0;
};

std::vector<Figure> figures_of(const model::RunResult& run) {
    std::vector<Figure> figures;
    std::map<std::pair<std::string, std::string>, std::size_t> known;
    for (const auto& c : run.cases) {
        for (const auto& step : c.steps) {
            auto columns = latency_columns(step.latency);
            if (columns.empty()) continue;
            const auto [entry, is_new] = known.try_emplace({c.scenario, step.name}, figures.size());
            const int first = columns.begin()->first;
            const int last = columns.rbegin()->first;
            if (is_new) figures.push_back({c.scenario, step.name, {}, first, last});
            auto& figure = figures[entry->second];
            figure.first = std::min(figure.first, first);
            figure.last = std::max(figure.last, last);
            figure.rows.push_back({&c, &step, std::move(columns)});
        }
    }
    return figures;
}

std::string milliseconds(int exponent) {
    return fmt::format("{:.3g} ms", std::exp2(exponent));
}

/// "p50 0.25 ms, p99 2.50 ms": those that were measured.
std::string percentiles(const model::StepResult& step) {
    std::string out;
    for (const std::string_view name : {"p50", "p95", "p99"}) {
        const auto found = std::find_if(step.metrics.begin(), step.metrics.end(), [name](const model::Metric& one) {
            return one.name == fmt::format("latency_{}_ms", name);
        });
        if (found != step.metrics.end()) out += fmt::format(", {} {:.2f} ms", name, found->value);
    }
    return out;
}

std::uint64_t requests(const Row& row) {
    std::uint64_t total = 0;
    for (const auto& [column, count] : row.columns) total += count;
    return total;
}

std::string bars(const Figure& figure, const Row& row) {
    const auto total = requests(row);
    const auto fullest = std::max_element(row.columns.begin(), row.columns.end(), [](const auto& a, const auto& b) {
                             return a.second < b.second;
                         })->second;
    const double width = 100.0 / (figure.last - figure.first + 1);
    std::string words;
    std::string out;
    for (const auto& [column, count] : row.columns) {
        const auto said =
            fmt::format("{} to {}: {} of {}", milliseconds(column - 1), milliseconds(column), count, total);
        words += (words.empty() ? "" : "; ") + said;
        const double height = std::max(1.5, kHeight * static_cast<double>(count) / static_cast<double>(fullest));
        out += fmt::format(
            "<rect class=\"bar\" x=\"{:.2f}%\" y=\"{:.1f}\" width=\"{:.2f}%\" height=\"{:.1f}\" fill=\"#0969da\">"
            "<title>{}</title></rect>\n",
            width * (column - figure.first) + width * 0.05, kHeight - height, width * 0.9, height, said);
    }
    return fmt::format(
        "<svg width=\"100%\" height=\"{0}\" role=\"img\" aria-label=\"{1}\">\n<rect class=\"floor\" y=\"{2}\" "
        "width=\"100%\" height=\"1\" fill=\"#656d76\"/>\n{3}</svg>\n",
        kHeight + 1, escaped(words), kHeight, out);
}

std::string figure_of(const Figure& figure) {
    auto out = fmt::format("<figure>\n<figcaption>{}: {}</figcaption>\n", text(figure.scenario), code(figure.step));
    const auto some = std::min(figure.rows.size(), kMostRows);
    for (std::size_t i = 0; i < some; ++i) {
        const auto& row = figure.rows[i];
        out += fmt::format("<div class=\"strip\"><p><b>{}</b> <small>{}; {}{}</small></p>\n{}</div>\n",
                           model::mode_name(row.in->mode), text(row.in->profile),
                           counted(requests(row), "request", "requests"), percentiles(*row.step), bars(figure, row));
    }
    if (some < figure.rows.size())
        out += fmt::format("<p>{} more in <code>run.json</code>.</p>\n", figure.rows.size() - some);
    return out + fmt::format("<p class=\"axis\" aria-hidden=\"true\"><span>{}</span> <span>{}</span></p>\n</figure>\n",
                             milliseconds(figure.first - 1), milliseconds(figure.last));
}

}  // namespace

std::string latencies(const model::RunResult& run) {
    const auto figures = figures_of(run);
    if (figures.empty()) return "";
    std::string out =
        "<p>Each bar stands for twice the time of the one before it, and is as high as it has requests beside the "
        "fullest of its row.</p>\n";
    const auto some = std::min(figures.size(), kMostFigures);
    for (std::size_t i = 0; i < some; ++i) out += figure_of(figures[i]);
    if (some < figures.size()) {
        out += fmt::format("<p>{} in <code>run.json</code>.</p>\n",
                           counted(figures.size() - some, "more step is", "more steps are"));
    }
    return out;
}

}  // namespace callgate::reports::html
