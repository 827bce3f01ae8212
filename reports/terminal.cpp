#include "reports/terminal.h"

#include "reports/ci_safe.h"
#include "reports/coverage.h"
#include "reports/page.h"
#include "reports/proposal_files.h"
#include "reports/terminal_parts.h"
#include "reports/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace callgate::reports {

namespace {

using model::CaseResult;

constexpr std::size_t kMostNames = 60;
constexpr std::size_t kMostDiffLines = 60;
constexpr std::size_t kMostNotes = 5;

void write_verdict(Page& page, const model::RunResult& run) {
    const auto verdict = reports::verdict(run);
    const auto ink = verdict.tone == Verdict::Tone::good  ? Ink::good
                     : verdict.tone == Verdict::Tone::bad ? Ink::bad
                                                          : Ink::unsure;
    const std::string_view sign = verdict.tone == Verdict::Tone::unsure ? "!"
                                  : !page.style().unicode ? (verdict.tone == Verdict::Tone::good ? "+" : "x")
                                  : verdict.tone == Verdict::Tone::good ? "✓"
                                                                        : "✗";
    const auto head = fmt::format("{} {}", sign, verdict.word);
    // The word in front is laid out with the text and coloured afterwards: colours take no columns.
    Page plain{page.style()};
    plain.wrapped(0, fmt::format("{}  {}", head, verdict.text), 2);
    auto text = plain.text();
    text.replace(0, head.size(), page.ink(ink, head));
    text.pop_back();
    page.line(0, text);
}

/// Where there is no file to name, the change itself.
void write_diff(Page& page, const std::string& diff) {
    std::size_t lines = 0;
    for (std::size_t at = 0; at < diff.size(); ++lines) {
        const auto end = std::min(diff.find('\n', at), diff.size());
        if (lines < kMostDiffLines) page.line(6, shown(std::string_view{diff}.substr(at, end - at)));
        at = end + 1;
    }
    if (lines > kMostDiffLines) page.line(6, counted(lines - kMostDiffLines, "more line", "more lines"));
}

/// patch takes no name from a diff that leads out of the current directory; then it is told the file.
std::string target_of_patch(const std::string& profile) {
    const bool inside = profile.rfind('/', 0) != 0 && profile.find("..") == std::string::npos;
    // A name that cannot be shown as it is makes no command that a person should paste.
    return inside || shown(profile) != profile ? "-p0" : shell_quoted(profile);
}

void write_proposals(Page& page, const model::RunResult& run) {
    const auto names = proposal_names(run);
    for (std::size_t i = 0; i < run.proposals.size(); ++i) {
        const auto& proposal = run.proposals[i];
        if (!proposal.added.empty()) {
            page.wrapped(2, fmt::format("If the workload may use them, permit in {}:", shown(proposal.profile)));
            page.wrapped(6, joined(proposal.added, kMostNames));
        }
        if (!proposal.diff.empty() && !page.style().directory.empty()) {
            page.line(6, fmt::format("patch {} < {}", target_of_patch(proposal.profile),
                                     shell_quoted(shown(page.style().directory) + "/" + names[i].diff)));
        } else {
            write_diff(page, proposal.diff);
        }
        if (!proposal.complete) page.wrapped(2, "This does not repair everything:");
        for (const auto& note : proposal.notes) page.wrapped(4, "- " + shown(note, 4 * kShownBytes), 2);
    }
}

/// By its name where it stands here as it can be typed, else by its number.
std::string case_argument(const std::string& name, std::size_t number) {
    const bool typed = std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; });
    return typed && shown(name) == name && ci_safe(name) == name ? shell_quoted(name) : std::to_string(number);
}

void write_reproduction(Page& page, const model::RunResult& run) {
    const auto failed = std::find_if(run.cases.begin(), run.cases.end(), [](const CaseResult& c) {
        return model::is_finding(c.outcome) && !is_about_coverage(c);
    });
    if (failed == run.cases.end() || page.style().directory.empty()) return;
    const auto number = static_cast<std::size_t>(failed - run.cases.begin()) + 1;
    page.line(2, "To see it happen again, with every detail:");
    page.line(6, fmt::format("callgate repro {} {}", shell_quoted(shown(page.style().directory) + "/"),
                             case_argument(failed->name, number)));
}

void write_what_to_do(Page& page, const model::RunResult& run) {
    Page advice{page.style()};
    write_proposals(advice, run);
    write_reproduction(advice, run);
    const auto text = advice.text();
    if (text.empty()) return;
    page.heading("What to do");
    page.append(text);
}

void write_notes(Page& page, const model::RunResult& run) {
    std::vector<std::string> notes;
    const auto add = [&](const std::string& note) {
        if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
    };
    for (const auto& note : run.notes) add(note);
    for (const auto& result : run.cases) {
        for (const auto& note : result.notes) add(note);
    }
    if (notes.empty()) return;
    page.blank();
    const auto some = page.style().verbose ? notes.size() : std::min(notes.size(), kMostNotes);
    for (std::size_t i = 0; i < some; ++i) page.wrapped(2, "note: " + shown(notes[i], 4 * kShownBytes), 6);
    if (some < notes.size())
        page.line(2, fmt::format("{} more in run.json", counted(notes.size() - some, "note", "notes")));
}

}  // namespace

std::string render_terminal(const model::RunResult& run, const TerminalStyle& style) {
    Page page{style};
    write_verdict(page, run);
    write_cases(page, run);
    write_findings(page, run);
    write_failures(page, run);
    write_coverage(page, run);
    write_notes(page, run);
    if (model::exit_code(run) != 0 && !style.directory.empty()) {
        page.blank();
        page.wrapped(0, fmt::format("All of it: {}/run.json", shown(style.directory)));
    }
    // Last, where the eye is when a long report has gone by.
    write_what_to_do(page, run);
    return page.text();
}

}  // namespace callgate::reports
