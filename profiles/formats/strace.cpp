// What strace(1) writes: a line per call, with or without thread and time in front, or the table of -c. An observation:
// it is read as the profile that permits what was seen.
#include "harness/core/number.h"
#include "harness/model/call.h"
#include "profiles/format.h"
#include "profiles/lines.h"
#include "profiles/observation.h"

#include <algorithm>
#include <cctype>

namespace callgate::profiles::strace {

namespace {

/// Behind `[pid 12]`, `12` and times.
Piece behind_prefix(const Piece& line) {
    auto rest = trimmed(line);
    if (rest.text.starts_with("[pid")) {
        const auto end = rest.text.find(']');
        if (end == std::string_view::npos) return rest;
        rest = trimmed(part_of(rest, end + 1));
    }
    constexpr int kMostPrefixes = 3;
    for (int i = 0; i < kMostPrefixes; ++i) {
        const auto end = rest.text.find_first_not_of("0123456789:.");
        if (end == 0 || end == std::string_view::npos || rest.text[end] != ' ') break;
        rest = trimmed(part_of(rest, end));
    }
    return rest;
}

/// The name of the call in a line: `read(`, or `<... read resumed>`; empty where there is none.
Piece call_in(const Piece& line) {
    constexpr std::string_view kResumed = "<... ";
    const auto rest = behind_prefix(line);
    if (rest.text.starts_with(kResumed)) {
        const auto name = part_of(rest, kResumed.size(), rest.text.find(' ', kResumed.size()) - kResumed.size());
        return is_syscall_word(name.text) ? name : part_of(rest, 0, 0);
    }
    const auto name = part_of(rest, 0, rest.text.find('('));
    return name.text.size() < rest.text.size() && is_syscall_word(name.text) ? name : part_of(rest, 0, 0);
}

bool is_other(const Piece& line) {
    const auto rest = behind_prefix(line).text;
    return rest.empty() || rest.starts_with("---") || rest.starts_with("+++") || rest.starts_with("strace: ");
}

bool begins_table(const Piece& line) {
    return line.text.starts_with("% time") && line.text.ends_with("syscall");
}

bool recognises(const Input& input) {
    if (input.root != nullptr) return false;
    std::size_t calls = 0;
    std::size_t strangers = 0;
    for (const auto& line : lines_of(input.source)) {
        if (begins_table(line)) return true;
        if (!call_in(line).text.empty()) {
            ++calls;
        } else if (!is_other(line)) {
            ++strangers;
        }
    }
    return calls > strangers;
}

/// A row of the table: numbers, and the name at the end.
void take_row(const Piece& line, Observation& seen) {
    const auto words = words_of(line);
    constexpr std::size_t kLeast = 5;
    const bool row =
        words.size() >= kLeast && std::isdigit(static_cast<unsigned char>(words.front().text.front())) != 0;
    if (row && words.back().text != "total" && is_syscall_word(words.back().text)) seen.name(words.back());
}

void take_call(const Piece& name, Observation& seen) {
    constexpr std::string_view kNumber = "syscall_0x";
    if (!name.text.starts_with(kNumber)) return seen.name(name);
    if (const auto number = core::number_in<std::int32_t>(name.text.substr(kNumber.size()), 16))
        seen.number(name.span, model::audit_arch(model::native_arch()), *number);
}

std::optional<Content> read(const Input& input, const ReadOptions& /*options*/, core::Diagnostics& diagnostics) {
    Observation seen{diagnostics};
    bool table = false;
    for (const auto& line : lines_of(input.source)) {
        table = table || begins_table(line);
        if (const auto name = call_in(line); table) {
            take_row(line, seen);
        } else if (!name.text.empty()) {
            take_call(name, seen);
        }
    }
    return seen.profile(input.source);
}

}  // namespace

extern const ProfileFormat kFormat{"strace", "a log of strace: the calls that it saw are permitted (read only)",
                                   recognises, read};

}  // namespace callgate::profiles::strace
