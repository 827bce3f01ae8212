#include "harness/core/printable.h"
#include "reports/case_text.h"
#include "reports/html/markup.h"
#include "reports/html/sections.h"
#include "reports/proposal_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace callgate::reports::html {

namespace {

constexpr std::size_t kMostDiff = std::size_t{1024} * 1024;
constexpr std::size_t kMostNames = 500;
constexpr std::size_t kMostNotes = 200;
constexpr std::size_t kMostText = 1024;

std::string_view css_of(std::string_view line) {
    if (line.starts_with("--- ") || line.starts_with("+++ ")) return "hunk";
    if (line.starts_with("+")) return "added";
    if (line.starts_with("-")) return "removed";
    return line.starts_with("@@") ? "hunk" : "";
}

/// A diff whose lines tell by their class what they are; their own signs say it without colours.
std::string diff_of(std::string_view diff) {
    std::string out = "<pre class=\"diff\" tabindex=\"0\" role=\"region\" aria-label=\"change to the profile\">";
    while (!diff.empty()) {
        const auto end = diff.find('\n');
        const auto line = diff.substr(0, end);
        const auto css = css_of(line);
        out += css.empty() ? escaped(line) + "\n" : fmt::format("<span class=\"{}\">{}</span>\n", css, escaped(line));
        if (end == std::string_view::npos) break;
        diff.remove_prefix(end + 1);
    }
    return out + "</pre>\n";
}

}  // namespace

std::string proposals(const model::RunResult& run) {
    const auto names = proposal_names(run);
    const auto share = kMostDiff / std::max<std::size_t>(1, run.proposals.size());
    std::string out;
    for (std::size_t i = 0; i < run.proposals.size(); ++i) {
        const auto& proposal = run.proposals[i];
        if (proposal.added.empty() && proposal.diff.empty() && proposal.notes.empty()) continue;
        out += fmt::format("<h3>{}</h3>\n", code(proposal.profile));
        if (!proposal.added.empty()) {
            const auto some = std::min(proposal.added.size(), kMostNames);
            out += "<p>If the workload may use them, permit ";
            for (std::size_t n = 0; n < some; ++n) out += (n == 0 ? "" : ", ") + code(proposal.added[n]);
            out += some < proposal.added.size() ? fmt::format(" and {} more.</p>\n", proposal.added.size() - some)
                                                : ".</p>\n";
        }
        if (!proposal.complete) out += "<p>This does not repair everything.</p>\n";
        const auto some = std::min(proposal.notes.size(), kMostNotes);
        if (some > 0) out += "<ul>\n";
        for (std::size_t n = 0; n < some; ++n) out += fmt::format("<li>{}</li>\n", text(proposal.notes[n], kMostText));
        if (some < proposal.notes.size())
            out += fmt::format("<li>{} more in <code>run.json</code></li>\n", proposal.notes.size() - some);
        if (some > 0) out += "</ul>\n";
        if (!proposal.diff.empty()) {
            out += diff_of(core::printable_lines(head_and_tail(proposal.diff, share)));
            out += fmt::format("<p>To apply it: <code>patch -p0 &lt; {}</code></p>\n", escaped(names[i].diff));
        }
    }
    return out;
}

}  // namespace callgate::reports::html
