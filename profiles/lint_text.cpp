#include "harness/core/diagnostics.h"
#include "harness/core/printable.h"
#include "profiles/lint_report.h"
#include "profiles/wrapped.h"

#include <fmt/format.h>

#include <array>

namespace callgate::profiles {

namespace {

std::string counted(std::size_t count, std::string_view word) {
    return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

std::string text_of(const Finding& finding) {
    const auto message = fmt::format("{} {}: {}", finding.rule->id, finding.rule->name, headline(finding));
    core::Diagnostics diagnostics;
    switch (finding.severity) {
        case core::Severity::error:
            diagnostics.error(finding.span, message);
            break;
        case core::Severity::warning:
            diagnostics.warning(finding.span, message);
            break;
        case core::Severity::note:
            diagnostics.note(finding.span, message);
            break;
    }
    auto out = core::render(diagnostics);
    for (const auto& call : finding.calls) {
        if (!call.detail.empty()) out += wrapped("    = ", fmt::format("{}: {}", call.name, call.detail));
    }
    if (!finding.witness.empty()) out += wrapped("    = witness: ", finding.witness);
    if (!finding.fix.empty()) out += wrapped(finding.has_safe_fix() ? "    = --fix: " : "    = fix: ", finding.fix);
    return out;
}

}  // namespace

std::string summary_of(std::span<const LintReport> reports) {
    std::array<std::size_t, 3> counts{};
    std::size_t allowed = 0;
    for (const auto& report : reports) {
        for (const auto& finding : report.findings) ++counts.at(static_cast<std::size_t>(finding.severity));
        allowed += report.allowed.size();
    }
    auto out = fmt::format("{}, {}, {}", counted(counts[0], "error"), counted(counts[1], "warning"),
                           counted(counts[2], "note"));
    if (allowed > 0) out += fmt::format("; {} allowed", allowed);
    return out;
}

std::string render_text(std::span<const LintReport> reports) {
    std::string out;
    bool any = false;
    for (const auto& report : reports) {
        for (const auto& finding : report.findings) {
            out += text_of(finding);
            any = true;
        }
        for (const auto& [finding, reason] : report.allowed) {
            out += core::printable(fmt::format("{}: allowed: {} {}: {}", core::to_string(finding.span),
                                               finding.rule->id, headline(finding), reason)) +
                   "\n";
        }
        if (!report.unproven.empty())
            out += core::printable(fmt::format("{}: nothing was proven: {}", report.profile, report.unproven)) + "\n";
    }
    out += summary_of(reports) + "\n";
    if (any) out += "`callgate explain CG0001` shows the page of a finding\n";
    return out;
}

}  // namespace callgate::profiles
