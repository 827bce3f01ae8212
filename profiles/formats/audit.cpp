// Records of the kernel's audit, type 1326 (AUDIT_SECCOMP), as dmesg, journald, auditd and ausearch show them. An
// observation of what a filter refused or logged, not of all that was called.
#include "profiles/audit_records.h"
#include "profiles/format.h"
#include "profiles/lines.h"
#include "profiles/observation.h"

#include <algorithm>

namespace callgate::profiles::audit {

namespace {

bool is_record(const Piece& line) {
    return read_audit_line(line.text).kind == AuditLine::Kind::record;
}

/// One entry of the journal is a JSON value, and no profile.
bool recognises(const Input& input) {
    const auto lines = lines_of(input.source);
    if (input.root != nullptr && lines.size() > 1) return false;
    return std::any_of(lines.begin(), lines.end(), is_record);
}

std::optional<Content> read(const Input& input, const ReadOptions& /*options*/, core::Diagnostics& diagnostics) {
    Observation seen{diagnostics};
    for (const auto& line : lines_of(input.source)) {
        const auto read = read_audit_line(line.text);
        if (read.kind != AuditLine::Kind::record) continue;
        const auto& record = read.record;
        const bool placed = record.call_end > record.call_begin;
        const auto place = placed ? part_of(line, record.call_begin, record.call_end - record.call_begin) : line;
        if (is_syscall_word(place.text)) {
            seen.name(place);  // ausearch -i gives names
        } else if (record.nr && record.audit_arch) {
            seen.number(place.span, *record.audit_arch, *record.nr);
        } else {
            diagnostics.warning(line.span, "a record without architecture and number of the call");
        }
    }
    return seen.profile(input.source);
}

}  // namespace

extern const ProfileFormat kFormat{"audit", "seccomp records of an audit log: what they name is permitted (read only)",
                                   recognises, read};

}  // namespace callgate::profiles::audit
