#include "harness/core/printable.h"
#include "profiles/audit_report.h"
#include "profiles/wrapped.h"

#include <fmt/format.h>

#include <optional>

namespace callgate::profiles {

namespace {

std::string line(std::string_view label, std::string_view text) {
    return wrapped(fmt::format("{:>10}  ", label), text);
}

std::string finding_text(const AuditReport& report, std::size_t i) {
    const auto& finding = report.log.findings[i];
    const auto& call = finding.call;
    auto out =
        wrapped(finding.refused() ? "- " : "~ ",
                fmt::format("{} on {}: {}, {}", model::syscall_name(call.audit_arch, call.nr),
                            model::arch_name(model::arch_of_call(call.audit_arch, call.nr)), recorded_words(finding),
                            finding.seen.count == 1 ? "once" : fmt::format("{} times", finding.seen.count)));
    out += line("by", programs_words(finding));
    if (const auto time = time_words(finding.seen); !time.empty()) out += line("at", time);
    if (report.filter) out += line("rule", verdict_words(*report.filter, finding, report.verdicts[i]));
    return out;
}

std::string list_text(std::string_view heading, const std::vector<std::string>& sentences) {
    if (sentences.empty()) return {};
    auto out = fmt::format("\n{}\n", heading);
    for (const auto& sentence : sentences) out += wrapped("- ", sentence);
    return out;
}

std::string repair_text(const AuditReport& report) {
    const auto& [proposal, left] = report.repair;
    std::string out;
    if (!proposal.diff.empty()) out += "\nproposed\n" + core::printable_lines(proposal.diff);
    out += list_text("to be looked at", proposal.notes);
    out += list_text("nothing is proposed for", left);
    return out;
}

}  // namespace

std::string render_text(const AuditReport& report) {
    auto out = wrapped("", headline(report));
    std::optional<bool> section;
    for (std::size_t i = 0; i < report.log.findings.size(); ++i) {
        const bool refused = report.log.findings[i].refused();
        if (section != refused) out += refused ? "\nrefused\n" : "\nlogged\n";
        section = refused;
        out += finding_text(report, i);
    }
    out += list_text(report.log.records.count == 0 ? "records are missing, so that this says nothing"
                                                   : "records are missing, so that there may be more than this",
                     loss_words(report));
    out += list_text("note", remarks(report));
    return out + repair_text(report);
}

}  // namespace callgate::profiles
