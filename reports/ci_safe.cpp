#include "reports/ci_safe.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace callgate::reports {

namespace {

/// What .NET's TrimStart takes away besides the blanks of ASCII (char.IsWhiteSpace), in UTF-8.
constexpr std::array<std::string_view, 20> kWideBlanks{
    "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007",
    "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\u0085", "\ufeff"};

/// In small letters: some are looked for without regard to case.
constexpr std::array<std::string_view, 4> kCommandsAnywhere{"##[", "##vso[", "##teamcity[", "[[attachment|"};

std::size_t blanks_at_front(std::string_view line) {
    std::size_t length = 0;
    while (length < line.size()) {
        const auto rest = line.substr(length);
        if (std::isspace(static_cast<unsigned char>(rest.front())) != 0) {
            ++length;
            continue;
        }
        const auto* const wide = std::find_if(kWideBlanks.begin(), kWideBlanks.end(),
                                              [&](std::string_view blank) { return rest.starts_with(blank); });
        if (wide == kWideBlanks.end()) break;
        length += wide->size();
    }
    return length;
}

bool starts_command(std::string_view text) {
    if (text.front() != '#' && text.front() != '[') return false;
    return std::any_of(kCommandsAnywhere.begin(), kCommandsAnywhere.end(), [&](std::string_view command) {
        return text.size() >= command.size() &&
               std::equal(command.begin(), command.end(), text.begin(), [](char expected, char found) {
                   return expected == static_cast<char>(std::tolower(static_cast<unsigned char>(found)));
               });
    });
}

void append_line(std::string& out, std::string_view line) {
    const auto blanks = blanks_at_front(line);
    out += line.substr(0, blanks);
    line.remove_prefix(blanks);
    if (line.starts_with("::")) out += '\\';
    for (; !line.empty(); line.remove_prefix(1)) {
        out += line.front();
        if (starts_command(line)) out += '\\';
    }
}

}  // namespace

std::string ci_safe(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 64);
    while (!text.empty()) {
        // A carriage return ends a line for some of them; core::printable leaves none, other text may hold one.
        const auto end = text.find_first_of("\n\r");
        append_line(out, text.substr(0, end));
        if (end == std::string_view::npos) break;
        out += text[end];
        text.remove_prefix(end + 1);
    }
    return out;
}

}  // namespace callgate::reports
