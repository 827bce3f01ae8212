#pragma once

#include "profiles/audit_log.h"
#include "profiles/audit_verdict.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace callgate::profiles {

/// What `callgate audit` says. Pure.
struct AuditReport {
    AuditLog log;
    bool filtered = false;                    ///< gaps in the numbers of events say nothing
    std::optional<Filter> filter;             ///< what the records are laid to; none where there is no profile
    std::vector<AuditVerdict> verdicts = {};  ///< of each finding, where there is a profile
    AuditRepair repair = {};

    /// A call was refused, or one was logged that the profile does not permit.
    [[nodiscard]] bool has_findings() const;
    [[nodiscard]] bool incomplete() const { return log.incomplete(filtered); }
};

/// For a terminal, 80 columns.
std::string render_text(const AuditReport& report);

/// For a pull request.
std::string render_markdown(const AuditReport& report);

/// harness/docs/audit-json.md says what is in it.
std::string render_json(const AuditReport& report);

// What the text and the Markdown have in common. Untrusted text in it is still to be made printable.

/// Programs of one finding before "and N more".
constexpr std::size_t kMostAuditPrograms = 8;

/// "2 seccomp records of 1 call in audit.log, 812 lines; 2021-05-28T15:24:32Z"
std::string headline(const AuditReport& report);

/// "refused with an errno", "killed (the process)", "logged, and permitted".
std::string recorded_words(const AuditFinding& finding);

/// "/usr/bin/mount 12 times, / (runc:[2:INIT]) once"
std::string programs_words(const AuditFinding& finding);

/// "2021-05-28T15:24:32Z", or both ends; "" where no time is known.
std::string time_words(const AuditCount& seen);

/// What the profile has to do with a finding: "p.json:2 (default action)", "not p.json, which permits it (p.json:9):
/// …".
std::string verdict_words(const Filter& filter, const AuditFinding& finding, const AuditVerdict& verdict);

/// Everything that shows that records are missing, one sentence each.
std::vector<std::string> loss_words(const AuditReport& report);

/// What else a reader should know, one sentence each.
std::vector<std::string> remarks(const AuditReport& report);

/// "2021-05-28T15:24:32.180Z"
std::string iso_time(std::int64_t at_ms);

}  // namespace callgate::profiles
