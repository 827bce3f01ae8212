#include "harness/model/mode.h"
#include "reports/findings.h"
#include "reports/terminal_parts.h"
#include "reports/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <vector>

namespace callgate::reports {

namespace {

struct Limits {
    std::size_t findings;
    std::size_t sightings;
    std::size_t frames;  ///< 0: only where the call comes from, in one line
    std::size_t exact_rules;
};

Limits limits_of(const Page& page, std::size_t number) {
    constexpr Limits kVerbose{200, 20, 16, 8};
    constexpr Limits kShort{15, 4, 0, 1};
    if (page.style().verbose) return kVerbose;
    auto limits = kShort;
    // Where not even every system call fits, one example of each is enough.
    if (number > limits.findings) limits.sightings = 1;
    if (page.style().stacks) limits.frames = kVerbose.frames;
    return limits;
}

/// What was told last: it is not told again.
struct Told {
    std::string call;
    std::vector<std::string> where;
};

struct Columns {
    std::size_t words = 0;
    std::size_t mode = 0;
    std::size_t count = 0;
    std::size_t phase = 0;
};

std::string count_of(const Page& page, const Sighting& sighting) {
    return fmt::format("{}{}", page.times(), sighting.count);
}

Columns columns_of(const Page& page, const Finding& finding, std::size_t most) {
    Columns columns;
    const auto widen = [](std::size_t& column, std::string_view text) {
        column = std::max(column, display_width(text));
    };
    for (std::size_t i = 0; i < std::min(most, finding.sightings.size()); ++i) {
        const auto& sighting = finding.sightings[i];
        widen(columns.words, refusal_words(*sighting.what));
        widen(columns.mode, model::mode_name(sighting.in->mode));
        widen(columns.count, count_of(page, sighting));
        widen(columns.phase, shown(sighting.what->phase));
    }
    constexpr std::size_t kMostPhase = 24;
    columns.phase = std::min(columns.phase, kMostPhase);
    return columns;
}

/// Where the call was made: the stack, or in short the function that made it.
void write_where(Page& page, const std::vector<model::StackFrame>& stack, std::size_t frames, Told& told) {
    const auto where = frames > 0 ? stack_lines(stack, frames) : std::vector{site_words(stack)};
    if (where != told.where) {
        for (const auto& line : where) {
            if (!line.empty()) page.wrapped(frames > 0 ? 10 : 8, line, 3, 3);
        }
    } else if (frames > 0 && !where.empty()) {
        page.line(10, "the same stack");
    }
    told.where = where;
}

/// One line where it fits; else the call stands below, and only where it is another than in the line before.
void write_sighting(Page& page, const Sighting& sighting, const Columns& columns, std::size_t frames, Told& told) {
    const auto& v = *sighting.what;
    const auto head = fmt::format("{}  {}  {}  {}  {}", padded(refusal_words(v), columns.words),
                                  padded(model::mode_name(sighting.in->mode), columns.mode),
                                  padded(count_of(page, sighting), columns.count),
                                  padded(shown(v.phase), columns.phase), thread_words(v));
    constexpr std::size_t kIndent = 4;
    const auto call = call_words(v);
    const auto together = head + "  " + call;
    if (call == told.call) {
        page.line(kIndent, head);
    } else if (kIndent + display_width(together) <= page.width()) {
        page.line(kIndent, together);
    } else {
        page.line(kIndent, head);
        page.wrapped(kIndent + 4, call, 2, 3);
    }
    told.call = call;
    write_where(page, v.stack, frames, told);
}

void write_exact_rules(Page& page, const Finding& finding, std::size_t most) {
    const auto some = std::min(most, finding.exact_rules.size());
    for (std::size_t i = 0; i < some; ++i) {
        page.wrapped(4, "or for one call only: " + shown(finding.exact_rules[i], 4 * kShownBytes), 5);
    }
    if (some < finding.exact_rules.size()) {
        page.line(4, fmt::format("{} in run.json",
                                 counted(finding.exact_rules.size() - some, "more such rule", "more such rules")));
    }
}

void write_finding(Page& page, const Finding& finding, const model::RunResult& run, const Limits& limits) {
    const auto& v = *finding.first;
    const auto foreign = v.arch.empty() || v.arch == run.machine ? "" : fmt::format(" ({})", shown(v.arch));
    const auto place = place_words(v.rule);
    page.line(2, fmt::format("{}  {}{}", page.ink(Ink::bold, shown(v.syscall) + foreign), shown(v.action),
                             place.empty() ? "" : "  at " + place));
    const auto columns = columns_of(page, finding, limits.sightings);
    Told told;
    const auto some = std::min(limits.sightings, finding.sightings.size());
    for (std::size_t i = 0; i < some; ++i) write_sighting(page, finding.sightings[i], columns, limits.frames, told);
    if (some < finding.sightings.size()) {
        page.line(
            4, fmt::format("{} in run.json", counted(finding.sightings.size() - some, "other place", "other places")));
    }
    if (!finding.fix.empty()) page.wrapped(4, "fix: " + shown(finding.fix, 4 * kShownBytes), 5);
    write_exact_rules(page, finding, limits.exact_rules);
}

/// What the cap left out, per mode: sums over modes would mean nothing.
void write_rest(Page& page, const std::vector<Finding>& all, std::size_t from) {
    if (from >= all.size()) return;
    std::string sums;
    for (const auto mode : model::all_modes()) {
        std::uint64_t sum = 0;
        for (std::size_t i = from; i < all.size(); ++i) sum += all[i].count(mode);
        if (sum == 0) continue;
        sums += fmt::format("{}{} in {} mode", sums.empty() ? "" : ", ", counted(sum, "refusal", "refusals"),
                            model::mode_name(mode));
    }
    page.wrapped(2,
                 fmt::format("{} ({}); all of it is in run.json",
                             counted(all.size() - from, "more system call", "more system calls"), sums),
                 2);
}

}  // namespace

void write_findings(Page& page, const model::RunResult& run) {
    const auto all = findings(run);
    if (all.empty()) return;
    const auto limits = limits_of(page, all.size());
    page.heading("Refused system calls");
    const auto some = std::min(limits.findings, all.size());
    std::string_view profile = all.front().in->profile;
    const bool several =
        std::any_of(all.begin(), all.end(), [&](const Finding& f) { return f.in->profile != profile; });
    profile = {};
    for (std::size_t i = 0; i < some; ++i) {
        if (i > 0) page.blank();
        if (several && all[i].in->profile != profile) {
            profile = all[i].in->profile;
            page.line(2, fmt::format("by {}:", shown(profile)));
        }
        write_finding(page, all[i], run, limits);
    }
    if (some < all.size()) page.blank();
    write_rest(page, all, some);
}

}  // namespace callgate::reports
