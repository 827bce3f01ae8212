// Records of the kernel's audit, type 1326 (AUDIT_SECCOMP), as dmesg, journald, auditd and ausearch show them. An
// observation of what a filter refused or logged, not of all that was called.
#include "harness/core/printable.h"
#include "profiles/format.h"
#include "profiles/lines.h"
#include "profiles/observation.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace callgate::profiles::audit {

namespace {

bool is_record(std::string_view line) {
    return line.find("type=1326") != std::string_view::npos || line.find("type=SECCOMP") != std::string_view::npos;
}

bool recognises(const Input& input) {
    if (input.root != nullptr) return false;
    const auto lines = lines_of(input.source);
    return std::any_of(lines.begin(), lines.end(), [](const Piece& line) { return is_record(line.text); });
}

/// The value of ` key=`, up to a blank; empty where there is none.
Piece value_of(const Piece& line, std::string_view key) {
    const auto wanted = fmt::format(" {}=", key);
    const auto begin = line.text.find(wanted);
    if (begin == std::string_view::npos) return part_of(line, line.text.size());
    const auto from = begin + wanted.size();
    return part_of(line, from, std::min(line.text.find_first_of(" \t\x1d", from), line.text.size()) - from);
}

template <typename Number>
std::optional<Number> number_in(std::string_view text, int base) {
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty() ? std::optional{number}
                                                                                     : std::nullopt;
}

std::optional<Content> read(const Input& input, const ReadOptions& /*options*/, core::Diagnostics& diagnostics) {
    Observation seen{diagnostics};
    for (const auto& line : lines_of(input.source)) {
        if (!is_record(line.text)) continue;
        const auto call = value_of(line, "syscall");
        const auto arch = number_in<std::uint32_t>(value_of(line, "arch").text, 16);
        const auto number = number_in<std::int32_t>(call.text, 10);
        if (number && arch) {
            seen.number(call.span, *arch, *number);
        } else if (!number && is_syscall_word(call.text)) {
            seen.name(call);  // ausearch -i gives names
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
