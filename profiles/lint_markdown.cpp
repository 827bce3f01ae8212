#include "profiles/lint_report.h"
#include "profiles/markdown_cell.h"

#include <fmt/format.h>

#include <string_view>

namespace callgate::profiles {

std::string render_markdown(std::span<const LintReport> reports) {
    auto out = fmt::format("**lint: {}**\n", summary_of(reports));
    for (const auto& report : reports) {
        if (report.findings.empty() && report.allowed.empty() && report.unproven.empty()) continue;
        out += fmt::format("\n### {}\n\n", markdown_cell(report.profile));
        if (!report.unproven.empty()) out += fmt::format("Nothing was proven: {}.\n\n", markdown_cell(report.unproven));
        if (!report.findings.empty()) out += "| | place | finding | witness | fix |\n|---|---|---|---|---|\n";
        for (const auto& finding : report.findings) {
            const auto [line, column] = finding.span.position();
            out += fmt::format("| {} | {}:{} | {} {} | {} | {} |\n", core::severity_name(finding.severity), line,
                               column, finding.rule->id, markdown_cell(headline(finding)),
                               markdown_cell(finding.witness), markdown_cell(finding.fix));
        }
        for (const auto& [finding, reason] : report.allowed) {
            out += fmt::format("\nAllowed: {} {}, because {}\n", finding.rule->id, markdown_cell(headline(finding)),
                               markdown_cell(reason));
        }
    }
    return out;
}

}  // namespace callgate::profiles
