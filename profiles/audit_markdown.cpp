#include "harness/core/printable.h"
#include "profiles/audit_report.h"
#include "profiles/markdown_cell.h"

#include <fmt/format.h>

#include <algorithm>

namespace callgate::profiles {

namespace {

std::string list(std::string_view heading, const std::vector<std::string>& sentences) {
    if (sentences.empty()) return {};
    auto out = fmt::format("\n### {}\n\n", heading);
    for (const auto& sentence : sentences) out += fmt::format("- {}\n", markdown_cell(sentence));
    return out;
}

/// A fence that nothing in the text closes.
std::string fenced(std::string_view text) {
    constexpr std::size_t kShortest = 3;
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const std::string fence(std::max(kShortest, longest + 1), '`');
    return fmt::format("{}diff\n{}{}\n", fence, core::printable_lines(text), fence);
}

}  // namespace

std::string render_markdown(const AuditReport& report) {
    auto out = fmt::format("**{}**\n", markdown_cell(headline(report)));
    const auto& findings = report.log.findings;
    if (!findings.empty()) {
        const std::string_view rule = report.filter ? " rule |" : "";
        out += fmt::format("\n| call | on | was | times | by | at |{}\n|---|---|---|---|---|---|{}\n", rule,
                           report.filter ? "---|" : "");
    }
    for (std::size_t i = 0; i < findings.size(); ++i) {
        const auto& finding = findings[i];
        const auto& call = finding.call;
        out += fmt::format(
            "| {} | {} | {} | {} | {} | {} |", markdown_cell(model::syscall_name(call.audit_arch, call.nr)),
            markdown_cell(model::arch_name(model::arch_of_call(call.audit_arch, call.nr))), recorded_words(finding),
            finding.seen.count, markdown_cell(programs_words(finding)), time_words(finding.seen));
        if (report.filter)
            out += fmt::format(" {} |", markdown_cell(verdict_words(*report.filter, finding, report.verdicts[i])));
        out += '\n';
    }
    out += list("Records are missing", loss_words(report));
    out += list("Notes", remarks(report));
    const auto& [proposal, left] = report.repair;
    if (!proposal.diff.empty()) out += "\n### Proposed\n\n" + fenced(proposal.diff);
    out += list("To be looked at", proposal.notes);
    return out + list("Nothing is proposed for", left);
}

}  // namespace callgate::profiles
