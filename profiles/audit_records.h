#pragma once

#include "harness/model/action.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callgate::profiles {

/// A record of type 1326 (AUDIT_SECCOMP, linux/audit.h): a filter refused or logged a call. The kernel writes neither
/// the arguments of the call nor the errno that it gave.
struct AuditRecord {
    std::string call;            ///< as it is written: the number, or the name where `ausearch -i` was asked
    std::size_t call_begin = 0;  ///< where that stands in the line: bytes [call_begin, call_end); 0, 0 inside of JSON
    std::size_t call_end = 0;
    std::optional<std::uint32_t> audit_arch;  ///< as in model::Call
    std::optional<std::int32_t> nr;           ///< as in model::Call; also of a name that the architecture has
    std::optional<model::ActionKind> action;
    int signal = 0;    ///< SIGSYS for what killed
    std::string comm;  ///< of the thread; decoded where it is in hexadecimal digits
    std::string exe;   ///< "" where the kernel knew none
};

/// Why records are missing from a log. `count` is how many where the line says it, else 0.
struct AuditLoss {
    enum class Cause {
        rate_limit,   ///< the kernel's log is limited (kernel.printk_ratelimit)
        kernel_lost,  ///< the kernel's counter of lost records, since it started
        kernel_full,  ///< a queue of the kernel was full
        journal,      ///< journald was too slow for the kernel's log
        syslog,       ///< the log daemon limits messages
        daemon,       ///< auditd or a plugin of it was too slow
    };
    Cause cause = Cause::rate_limit;
    std::uint64_t count = 0;
};

/// What a line of a log says of the kernel's audit.
struct AuditLine {
    enum class Kind {
        other,    ///< nothing
        event,    ///< a record of another type: its number counts
        record,   ///< `record`
        loss,     ///< `loss`
        foreign,  ///< looks like a record, but the journal says that a program wrote it that is no audit daemon
    };
    Kind kind = Kind::other;
    std::optional<std::uint32_t> serial;  ///< the number of the event since the host started; no two have the same
    std::optional<std::int64_t> at_ms;    ///< of the event, milliseconds since 1970
    std::string origin;                   ///< which host or boot it is of, where the line says it; else ""
    AuditRecord record;
    AuditLoss loss;
};

/// Reads a line, without its end, of dmesg, journalctl (short or json), syslog, an audit.log (raw or enriched, with or
/// without the separator), ausearch (-i too), or the text of a netlink message. Any bytes will do; never throws.
AuditLine read_audit_line(std::string_view text);

}  // namespace callgate::profiles
