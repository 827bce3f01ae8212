#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callgate::profiles {

/// An entry of `journalctl -o json`: the fields that tell where a message came from.
struct JournalEntry {
    std::string message;
    std::string transport;                 ///< "kernel", "audit", "syslog"...; "" when it is not said
    std::string identifier;                ///< of syslog: "kernel", "audisp-syslog"
    std::string boot;                      ///< _BOOT_ID
    std::optional<std::uint32_t> serial;   ///< _AUDIT_ID
    std::optional<std::int64_t> at_ms;     ///< when it was received, since 1970
    std::optional<std::int64_t> event_ms;  ///< when the event was, as its source says
};

/// None for a line that is no such entry. Never throws.
std::optional<JournalEntry> read_journal_entry(std::string_view line);

}  // namespace callgate::profiles
