#pragma once

#include <string>
#include <string_view>

namespace callgate::core {

/// Text from a workload, profile or plan made safe for a terminal and a log line: valid UTF-8 without C0, C1,
/// bidirectional and zero-width controls; each such character or invalid byte becomes a visible `\xNN` or `\u{NNNN}`.
/// Tabs become a blank.
std::string printable(std::string_view text);

/// Text made valid for XML 1.0 and JSON: only the characters of XML 1.0's `Char` production that are not invisible
/// controls of the kinds above; newlines and tabs are kept, all else is shown as by `printable`.
std::string printable_lines(std::string_view text);

/// At most `limit` bytes of `text`, cut at a character border, with "…" where something was cut.
std::string shortened(std::string_view text, std::size_t limit);

}  // namespace callgate::core
