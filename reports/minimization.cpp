#include "reports/minimization.h"

#include "harness/core/printable.h"
#include "reports/markdown_text.h"
#include "reports/page.h"
#include "reports/wording.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace callgate::reports {

namespace {

using model::CallNeed;
using model::Minimization;
using model::Need;

/// In the order in which somebody wants to read them: what can go comes first.
struct Section {
    Need need;
    std::string_view meaning;
};
constexpr std::array<Section, 4> kSections{{
    {Need::unused, "no scenario makes them: the profile is too permissive, or a scenario is missing"},
    {Need::tolerated, "refused, nobody noticed: the workload falls back, or no scenario looks closely enough"},
    {Need::degraded, "refused, everything passed, but slower or with complaints in the log"},
    {Need::essential, "refused, a scenario fails"},
}};

std::size_t count_of(const Minimization& found, Need need) {
    return static_cast<std::size_t>(
        std::count_if(found.calls.begin(), found.calls.end(), [&](const auto& call) { return call.need == need; }));
}

std::size_t dispensable_of(const Minimization& found) {
    return static_cast<std::size_t>(std::count_if(found.calls.begin(), found.calls.end(), model::dispensable));
}

/// The part of the permissions that a test would miss if they were taken away.
unsigned score(const Minimization& found) {
    const auto needed = count_of(found, Need::essential) + count_of(found, Need::degraded);
    return found.calls.empty() ? 100 : static_cast<unsigned>(100 * needed / found.calls.size());
}

std::string verdict_of(const Minimization& found) {
    const auto needed = count_of(found, Need::essential) + count_of(found, Need::degraded);
    return fmt::format("{}: {} of {} permitted calls {} needed ({} %)", shown(found.profile), needed,
                       found.calls.size(), needed == 1 ? "is" : "are", score(found));
}

std::string effort_of(const Minimization& found) {
    auto words = fmt::format("{}, {}", counted(found.trials, "run", "runs"), duration_words(found.duration));
    if (found.remembered != 0) words += fmt::format(", {} remembered from before", found.remembered);
    return words;
}

/// "load: step 'http GET /': no response"; what is known of why the call has this grade.
std::string reason_of(const CallNeed& call) {
    const auto where = call.scenario.empty() ? call.why : fmt::format("{}: {}", call.scenario, call.why);
    return call.not_together ? "not together with the others: " + where : where;
}

}  // namespace

std::string render_terminal(const Minimization& found, const TerminalStyle& style) {
    Page page{style};
    page.wrapped(0, verdict_of(found), 2);
    page.wrapped(2, effort_of(found));
    for (const auto& section : kSections) {
        const auto count = count_of(found, section.need);
        if (count == 0) continue;
        page.blank();
        page.heading(fmt::format("{} ({})", model::need_name(section.need), count));
        page.wrapped(2, section.meaning);
        for (const auto& call : found.calls) {
            if (call.need != section.need) continue;
            page.cut_line(2, fmt::format("{:<20} {}", shown(call.syscall), shown(reason_of(call))));
        }
    }
    if (!found.notes.empty()) {
        page.blank();
        for (const auto& note : found.notes) page.wrapped(0, "note: " + shown(note, 1000), 2);
    }
    return page.text();
}

std::string render_markdown(const Minimization& found) {
    std::string out = fmt::format("## {}\n\n{}\n", markdown_prose(verdict_of(found), 1000), effort_of(found));
    for (const auto& section : kSections) {
        const auto count = count_of(found, section.need);
        if (count == 0) continue;
        out += fmt::format("\n### {} ({})\n\n{}\n\n| call | made by | why |\n|---|---|---|\n",
                           model::need_name(section.need), count, section.meaning);
        for (const auto& call : found.calls) {
            if (call.need != section.need) continue;
            out += fmt::format("| {} | {} | {} |\n", markdown_code(call.syscall, kShownBytes),
                               markdown_prose(fmt::format("{}", fmt::join(call.uses, ", ")), kShownBytes),
                               markdown_prose(reason_of(call), kShownBytes));
        }
    }
    for (const auto& note : found.notes) out += fmt::format("\n- {}\n", markdown_prose(note, 1000));
    return out;
}

std::string render_json(const Minimization& found) {
    auto calls = nlohmann::ordered_json::array();
    for (const auto& call : found.calls) {
        calls.push_back({{"syscall", core::printable(call.syscall)},
                         {"need", model::need_name(call.need)},
                         {"dispensable", model::dispensable(call)},
                         {"uses", call.uses},
                         {"scenario", call.scenario},
                         {"why", core::printable(call.why)}});
    }
    const nlohmann::ordered_json json{{"schema", "callgate.minimize/1"},
                                      {"plan", core::printable(found.plan)},
                                      {"profile", core::printable(found.profile)},
                                      {"permitted", found.calls.size()},
                                      {"dispensable", dispensable_of(found)},
                                      {"score", score(found)},
                                      {"trials", found.trials},
                                      {"remembered", found.remembered},
                                      {"duration_ms", found.duration.count()},
                                      {"calls", std::move(calls)},
                                      {"notes", found.notes}};
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace callgate::reports
