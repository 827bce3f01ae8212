#include "harness/model/mode.h"
#include "reports/html/markup.h"
#include "reports/html/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace callgate::reports::html {

namespace {

using model::CaseResult;

/// The cases of one instance, in the order in which they ran.
using Lane = std::vector<const CaseResult*>;

/// A phase that takes less of the time than this is drawn so wide all the same, in per cent of the lane; of many
/// phases each has a right to no more than a part of what all of them have together.
constexpr double kNarrowest = 7;
constexpr double kNarrowestTogether = 60;
constexpr int kBoxHeight = 32;
constexpr int kMarkHeight = 14;
/// More lanes or phases than anybody looks at.
constexpr std::size_t kMostLanes = 200;
constexpr std::size_t kMostPhases = 100;
/// Marks nearer to each other than one of so many parts of a phase are one mark.
constexpr int kPlaces = 100;
constexpr std::size_t kNames = 6;

double milliseconds(const CaseResult& c) {
    const auto runs = static_cast<double>(std::max<std::size_t>(1, c.runs));
    return static_cast<double>(std::max<std::int64_t>(0, c.duration.count())) / runs;
}

/// An instance begins with its startup; baseline cases of the reference stand in front, in lanes of their own.
std::vector<Lane> lanes_of(const model::RunResult& run) {
    std::vector<Lane> lanes;
    for (const auto& c : run.cases) {
        const bool follows = !lanes.empty() && lanes.back().front()->profile == c.profile &&
                             lanes.back().front()->mode == c.mode && c.scenario != "startup";
        if (!follows) lanes.emplace_back();
        lanes.back().push_back(&c);
    }
    return lanes;
}

/// Widths in per cent: by duration, but none too narrow to be seen.
std::vector<double> widths_of(const Lane& lane) {
    double total = 0;
    for (const auto* c : lane) total += milliseconds(*c);
    const double narrowest = std::min(kNarrowest, kNarrowestTogether / static_cast<double>(lane.size()));
    std::vector<double> widths;
    for (const auto* c : lane) widths.push_back(std::max(narrowest, total > 0 ? 100 * milliseconds(*c) / total : 0));
    double sum = 0;
    for (const double width : widths) sum += width;
    for (auto& width : widths) width *= 100 / sum;
    return widths;
}

struct Mark {
    std::int64_t at_ms = 0;
    std::size_t calls = 0;
    std::set<std::string_view> names;
};

std::string mark_words(const Mark& mark) {
    std::string names;
    std::size_t named = 0;
    for (const auto name : mark.names) {
        if (++named > kNames) break;
        names += (names.empty() ? "" : ", ") + shown(name);
    }
    if (mark.names.size() > kNames) names += fmt::format(" and {} more", mark.names.size() - kNames);
    return fmt::format("{}: {}", duration_words(core::Milliseconds{mark.at_ms}), names);
}

/// When each call of a phase was first refused, as strokes below its box.
std::string marks(const CaseResult& c, double begins_ms) {
    const double length = std::max(1.0, milliseconds(c));
    std::map<int, Mark> marks;
    for (const auto& v : c.violations) {
        // With repeats the phases of one run are not exactly where they were in another.
        const auto share = std::clamp((static_cast<double>(v.at_ms) - begins_ms) / length, 0.0, 1.0);
        auto& mark = marks[static_cast<int>(share * kPlaces)];
        if (mark.calls++ == 0) mark.at_ms = v.at_ms;
        mark.names.insert(v.syscall);
    }
    std::string out;
    for (const auto& [place, mark] : marks) {
        out += fmt::format(
            "<rect class=\"mark\" x=\"{}%\" y=\"{}\" width=\"4\" height=\"{}\" fill=\"#cf222e\"><title>{}</title>"
            "</rect>",
            place * 97 / kPlaces, kBoxHeight + 2, kMarkHeight, escaped(mark_words(mark)));
    }
    return out;
}

std::string phase_words(const CaseResult& c) {
    const auto number = refusals(c);
    return fmt::format("{}: {} after {}{}", shown(c.scenario), model::outcome_name(c.outcome),
                       duration_words(c.duration), number == 0 ? "" : ", " + counted(number, "refusal", "refusals"));
}

std::string picture(const Lane& lane) {
    const auto widths = widths_of(lane);
    const bool marked = std::any_of(lane.begin(), lane.end(), [](const auto* c) { return !c->violations.empty(); });
    const int height = marked ? kBoxHeight + 2 + kMarkHeight : kBoxHeight;
    std::string words;
    std::string phases;
    double x = 0;
    double begins_ms = 0;
    for (std::size_t i = 0; i < lane.size(); ++i) {
        const auto& c = *lane[i];
        const auto look = look_of(c.outcome);
        words += (words.empty() ? "" : "; ") + phase_words(c);
        // A picture within the picture cuts off what does not fit into it.
        phases += fmt::format(
            "<svg x=\"{:.2f}%\" width=\"{:.2f}%\" height=\"{}\"><title>{}</title>"
            "<rect class=\"box {}\" width=\"100%\" height=\"{}\" fill=\"{}\" stroke=\"#ffffff\" stroke-width=\"2\"/>"
            "<text x=\"6\" y=\"21\" fill=\"#ffffff\" font-size=\"13\" font-family=\"sans-serif\">{} "
            "{}</text>{}</svg>\n",
            x, widths[i], height, escaped(phase_words(c)), look.css, kBoxHeight, look.fill, look.sign, text(c.scenario),
            marks(c, begins_ms));
        x += widths[i];
        begins_ms += milliseconds(c);
    }
    return fmt::format("<svg width=\"100%\" height=\"{}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n", height,
                       escaped(words), phases);
}

}  // namespace

std::string timeline(const model::RunResult& run) {
    const auto lanes = lanes_of(run);
    if (lanes.empty()) return "";
    std::string out =
        "<p>Each lane is one instance of the workload. Boxes are its phases, as wide as they took long; short ones are "
        "drawn wider. Strokes below are calls that the plan does not expect to be refused, where each was first "
        "seen.</p>\n";
    for (std::size_t i = 0; i < std::min(lanes.size(), kMostLanes); ++i) {
        auto lane = lanes[i];
        const auto phases = lane.size();
        lane.resize(std::min(phases, kMostPhases));
        out += fmt::format("<figure>\n<figcaption>{}{}</figcaption>\n{}</figure>\n", escaped(suite_name(*lane.front())),
                           phases > lane.size() ? fmt::format(" (the first {} of {} phases)", lane.size(), phases) : "",
                           picture(lane));
    }
    if (lanes.size() > kMostLanes) {
        out += fmt::format("<p>{} in <code>run.json</code>.</p>\n",
                           counted(lanes.size() - kMostLanes, "more instance", "more instances"));
    }
    return out;
}

}  // namespace callgate::reports::html
