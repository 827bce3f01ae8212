#include "harness/model/mode.h"
#include "reports/findings.h"
#include "reports/html/markup.h"
#include "reports/html/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace callgate::reports::html {

namespace {

constexpr std::size_t kMostBytes = std::size_t{4} * 1024 * 1024;
constexpr std::size_t kMostSightings = 12;
constexpr std::size_t kMostFrames = 32;
constexpr std::size_t kMostRules = 12;
constexpr std::size_t kMostPhases = 8;
constexpr std::size_t kMostText = 1024;

std::string stack_of(const std::vector<model::StackFrame>& stack) {
    if (stack.empty()) return "";
    std::string lines;
    for (const auto& line : stack_lines(stack, kMostFrames)) lines += line + "\n";
    return block(lines, "call stack");
}

std::string sighting_of(const Sighting& sighting) {
    const auto& v = *sighting.what;
    auto out = fmt::format(
        "<li><p>{} {}× in {} mode, in <b>{}</b>{}, first after {}, thread {}{}</p>\n", refusal_words(v), sighting.count,
        model::mode_name(sighting.in->mode), v.phase.empty() ? "the run" : text(v.phase),
        v.step.empty() ? "" : fmt::format(" (step {})", text(v.step)), duration_words(core::Milliseconds{v.at_ms}),
        escaped(thread_words(v)), v.exe.empty() ? "" : " of " + code(v.exe));
    out += fmt::format("<p><code>{}</code></p>\n", escaped(call_words(v)));
    return out + stack_of(v.stack) + "</li>\n";
}

std::string repair_of(const Finding& finding) {
    std::string out;
    if (!finding.fix.empty()) out += fmt::format("<p>To permit it: {}</p>\n", text(finding.fix, kMostText));
    const auto some = std::min(finding.exact_rules.size(), kMostRules);
    std::string rules;
    for (std::size_t i = 0; i < some; ++i) rules += shown(finding.exact_rules[i], kMostText) + "\n";
    if (!rules.empty()) out += "<p>Or for one call only:</p>\n" + block(rules, "rules for one call");
    if (some < finding.exact_rules.size()) {
        out += fmt::format("<p>{} in <code>run.json</code>.</p>\n",
                           counted(finding.exact_rules.size() - some, "more such rule", "more such rules"));
    }
    return out;
}

std::string details_of(const Finding& finding) {
    const auto some = std::min(finding.sightings.size(), kMostSightings);
    std::string out = "<ul class=\"plain\">\n";
    for (std::size_t i = 0; i < some; ++i) out += sighting_of(finding.sightings[i]);
    out += "</ul>\n";
    if (some < finding.sightings.size()) {
        out += fmt::format("<p>{} in <code>run.json</code>.</p>\n",
                           counted(finding.sightings.size() - some, "more of them is", "more of them are"));
    }
    return folded(fmt::format("{}: call, stack, what would permit it",
                              counted(finding.sightings.size(), "sighting", "sightings")),
                  repair_of(finding) + out);
}

std::string phases_of(const Finding& finding) {
    std::vector<std::string> phases;
    std::set<std::string> told;
    for (const auto& sighting : finding.sightings) {
        const auto phase = sighting.what->phase.empty() ? std::string{"the run"} : text(sighting.what->phase);
        if (told.insert(phase).second) phases.push_back(phase);
    }
    std::string out;
    for (std::size_t i = 0; i < std::min(phases.size(), kMostPhases); ++i) out += (i == 0 ? "" : ", ") + phases[i];
    if (phases.size() > kMostPhases) out += fmt::format(" and {} more", phases.size() - kMostPhases);
    return out;
}

/// Modes in which some finding was seen: each is a column, for their counts are never added up.
std::vector<model::Mode> modes_of(const std::vector<Finding>& all) {
    std::vector<model::Mode> modes;
    for (const auto mode : model::all_modes()) {
        if (std::any_of(all.begin(), all.end(), [mode](const Finding& one) { return one.count(mode) > 0; }))
            modes.push_back(mode);
    }
    return modes;
}

std::string body_of(const Finding& finding, const std::vector<model::Mode>& modes, std::size_t columns) {
    const auto& v = *finding.first;
    std::string seen_in;
    std::string counts;
    for (const auto mode : modes) {
        const auto count = finding.count(mode);
        if (count > 0) seen_in += fmt::format("{}{}", seen_in.empty() ? "" : " ", model::mode_name(mode));
        counts += cell(fmt::format("{} mode", model::mode_name(mode)), count == 0 ? "–" : std::to_string(count));
    }
    auto out = fmt::format("<tbody role=\"rowgroup\" data-modes=\"{}\" data-bad>\n<tr role=\"row\">", seen_in);
    out += fmt::format("<th scope=\"row\" role=\"rowheader\">{} <small>{}, {}</small></th>", code(v.syscall),
                       text(v.arch), v.nr);
    out += cell("Answer", code(v.action)) + counts + cell("Phases", phases_of(finding)) +
           cell("Rule", code(place_words(v.rule))) + cell("Profile", code(finding.in->profile));
    out += fmt::format("</tr>\n<tr role=\"row\"><td role=\"cell\" colspan=\"{}\">{}</td></tr>\n</tbody>\n", columns,
                       details_of(finding));
    return out;
}

}  // namespace

std::string violations(const model::RunResult& run) {
    const auto all = findings(run);
    if (all.empty()) return "";
    const auto modes = modes_of(all);
    std::vector<std::string> head{"System call", "Answer"};
    for (const auto mode : modes) head.push_back(fmt::format("{} mode", model::mode_name(mode)));
    head.insert(head.end(), {"Phases", "Rule", "Profile"});
    std::vector<std::string> bodies;
    bodies.reserve(all.size());
    for (const auto& finding : all) bodies.push_back(body_of(finding, modes, head.size()));
    return "<p>In log mode calls would be refused and were let through; in errno mode they were refused. The counts of "
           "modes are not added up: one refusal makes a program do other things.</p>\n" +
           table("system calls that are missing", head, bodies, kMostBytes);
}

std::string expected_refusals(const model::RunResult& run) {
    std::vector<std::string> bodies;
    for (const auto& c : run.cases) {
        for (const auto& v : c.expected) {
            bodies.push_back(
                fmt::format("<tbody role=\"rowgroup\" data-modes=\"{}\">\n<tr role=\"row\"><th scope=\"row\" "
                            "role=\"rowheader\">{}</th>{}{}{}{}{}</tr>\n</tbody>\n",
                            model::mode_name(c.mode), code(v.syscall), cell("Answer", code(v.action)),
                            cell("Mode", model::mode_name(c.mode)), cell("Phase", text(v.phase)),
                            cell("Count", std::to_string(v.count)), cell("Reason", text(v.expected))));
        }
    }
    if (bodies.empty()) return "";
    return table("refusals that the plan expects", {"System call", "Answer", "Mode", "Phase", "Count", "Reason"},
                 bodies, kMostBytes / 8);
}

}  // namespace callgate::reports::html
