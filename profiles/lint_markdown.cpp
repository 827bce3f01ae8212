#include "harness/core/printable.h"
#include "profiles/lint_report.h"

#include <fmt/format.h>

#include <string_view>

namespace callgate::profiles {

namespace {

/// A cell of a table: untrusted text becomes a code span that it cannot leave.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : core::printable(text)) {
        if (c == '|') out += '\\';
        out += c == '`' ? '\'' : c;
    }
    return out.empty() ? out : "`" + out + "`";
}

}  // namespace

std::string render_markdown(std::span<const LintReport> reports) {
    auto out = fmt::format("**lint: {}**\n", summary_of(reports));
    for (const auto& report : reports) {
        if (report.findings.empty() && report.allowed.empty() && report.unproven.empty()) continue;
        out += fmt::format("\n### {}\n\n", cell(report.profile));
        if (!report.unproven.empty()) out += fmt::format("Nothing was proven: {}.\n\n", cell(report.unproven));
        if (!report.findings.empty()) out += "| | place | finding | witness | fix |\n|---|---|---|---|---|\n";
        for (const auto& finding : report.findings) {
            const auto [line, column] = finding.span.position();
            out +=
                fmt::format("| {} | {}:{} | {} {} | {} | {} |\n", core::severity_name(finding.severity), line, column,
                            finding.rule->id, cell(headline(finding)), cell(finding.witness), cell(finding.fix));
        }
        for (const auto& [finding, reason] : report.allowed) {
            out +=
                fmt::format("\nAllowed: {} {}, because {}\n", finding.rule->id, cell(headline(finding)), cell(reason));
        }
    }
    return out;
}

}  // namespace callgate::profiles
