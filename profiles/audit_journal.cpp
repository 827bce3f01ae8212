#include "profiles/audit_journal.h"

#include "harness/core/number.h"

#include <nlohmann/json.hpp>

#include <limits>

namespace callgate::profiles {

namespace {

using nlohmann::json;

constexpr std::int64_t kMicrosecondsInOne = 1000;

/// journald writes what is no text as a list of bytes.
std::string text_of(const json& entry, const char* key) {
    const auto found = entry.find(key);
    if (found == entry.end()) return {};
    if (found->is_string()) return found->get<std::string>();
    std::string text;
    if (!found->is_array()) return text;
    for (const auto& byte : *found) {
        if (!byte.is_number_unsigned()) return {};
        const auto value = byte.get<std::uint64_t>();
        if (value > std::numeric_limits<unsigned char>::max()) return {};
        text += static_cast<char>(value);
    }
    return text;
}

template <typename Number>
std::optional<Number> number_of(const json& entry, const char* key) {
    return core::number_in<Number>(text_of(entry, key));
}

std::optional<std::int64_t> milliseconds_of(const json& entry, const char* key) {
    const auto microseconds = number_of<std::int64_t>(entry, key);
    return microseconds ? std::optional{*microseconds / kMicrosecondsInOne} : std::nullopt;
}

}  // namespace

std::optional<JournalEntry> read_journal_entry(std::string_view line) {
    const auto begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos || line[begin] != '{') return std::nullopt;
    if (line.find("\"MESSAGE\"") == std::string_view::npos) return std::nullopt;
    const auto entry = json::parse(line, nullptr, false);
    if (!entry.is_object()) return std::nullopt;
    return JournalEntry{text_of(entry, "MESSAGE"),
                        text_of(entry, "_TRANSPORT"),
                        text_of(entry, "SYSLOG_IDENTIFIER"),
                        text_of(entry, "_BOOT_ID"),
                        number_of<std::uint32_t>(entry, "_AUDIT_ID"),
                        milliseconds_of(entry, "__REALTIME_TIMESTAMP"),
                        milliseconds_of(entry, "_SOURCE_REALTIME_TIMESTAMP")};
}

}  // namespace callgate::profiles
