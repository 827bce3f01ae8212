#include "reports/page.h"

#include "reports/ci_safe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace callgate::reports {

namespace {

using model::Outcome;

struct Range {
    char32_t first;
    char32_t last;
};

/// Unicode's East Asian Width W and F, in blocks; close enough to align a table.
constexpr std::array<Range, 9> kWide{{{0x1100, 0x115F},
                                      {0x2E80, 0x303E},
                                      {0x3041, 0xA4CF},
                                      {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF},
                                      {0xFE30, 0xFE6F},
                                      {0xFF00, 0xFF60},
                                      {0x1F300, 0x1FAFF},
                                      {0x20000, 0x3FFFD}}};
constexpr std::array<Range, 5> kCombining{
    {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};

template <std::size_t N>
bool within(const std::array<Range, N>& ranges, char32_t code) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const Range& range) { return code >= range.first && code <= range.last; });
}

/// Takes one character off the front. The text is valid UTF-8; a stray byte counts as a character of its own.
char32_t take(std::string_view& text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    char32_t code = length == 1 ? first : first & (0x7FU >> length);
    for (std::size_t i = 1; i < length && i < text.size(); ++i) {
        code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    text.remove_prefix(std::min(length, text.size()));
    return code;
}

std::size_t columns_of(char32_t code) {
    return within(kCombining, code) ? 0 : within(kWide, code) ? 2 : 1;
}

struct Sign {
    std::string_view unicode;
    std::string_view ascii;
    Ink ink;
};

Sign sign_of(Outcome outcome) {
    if (outcome == Outcome::passed) return {"✓", "+", Ink::good};
    if (outcome == Outcome::skipped) return {"-", "-", Ink::dim};
    if (model::is_finding(outcome)) return {"✗", "x", Ink::bad};
    return {"!", "!", Ink::unsure};
}

std::string_view code_of(Ink ink) {
    switch (ink) {
        case Ink::plain:
            return "";
        case Ink::bold:
            return "\x1b[1m";
        case Ink::dim:
            return "\x1b[2m";
        case Ink::good:
            return "\x1b[32m";
        case Ink::bad:
            return "\x1b[31m";
        case Ink::unsure:
            return "\x1b[33m";
    }
    return "";
}

std::string ascii(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto code = take(text);
        if (code < 0x80) {
            out += static_cast<char>(code);
        } else if (code == U'…') {  // of core::shortened
            out += "...";
        } else {
            out += fmt::format("\\u{{{:04x}}}", static_cast<unsigned>(code));
        }
    }
    return out;
}

}  // namespace

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) width += columns_of(take(text));
    return width;
}

std::string padded(std::string_view text, std::size_t columns) {
    const auto width = display_width(text);
    return std::string{text} + std::string(width < columns ? columns - width : 0, ' ');
}

std::string shell_quoted(std::string_view word) {
    const auto harmless = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view{"_-./:=@%+,"}.find(c) != std::string_view::npos;
    };
    if (!word.empty() && std::all_of(word.begin(), word.end(), harmless)) return std::string{word};
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? std::string{"'\\''"} : std::string{c};
    return quoted + "'";
}

std::string Page::ink(Ink ink, std::string_view text) const {
    if (!style_.colour || ink == Ink::plain) return std::string{text};
    return fmt::format("{}{}\x1b[0m", code_of(ink), text);
}

std::string Page::outcome(Outcome outcome, std::size_t width) const {
    const auto sign = sign_of(outcome);
    const auto words = fmt::format("{} {}", style_.unicode ? sign.unicode : sign.ascii, model::outcome_name(outcome));
    return ink(sign.ink, words) + std::string(width - std::min(width, display_width(words)), ' ');
}

void Page::blank() {
    out_ += '\n';
}

void Page::heading(std::string_view text) {
    blank();
    out_ += ink(Ink::bold, text) + "\n";
}

void Page::line(std::size_t indent, std::string_view text) {
    auto end = text.find_last_not_of(' ');
    out_ += std::string(indent, ' ');
    out_ += text.substr(0, end == std::string_view::npos ? 0 : end + 1);
    out_ += '\n';
}

std::string Page::cut(std::string_view text, std::size_t columns) const {
    if (display_width(text) <= columns) return std::string{text};
    const auto room = columns - std::min(columns, display_width(ellipsis()));
    std::size_t used = 0;
    auto rest = text;
    while (!rest.empty()) {
        auto after = rest;
        used += columns_of(take(after));
        if (used > room) break;
        rest = after;
    }
    return std::string{text.substr(0, text.size() - rest.size())} + std::string{ellipsis()};
}

void Page::cut_line(std::size_t indent, std::string_view text) {
    line(indent, cut(text, width() - indent));
}

void Page::wrapped(std::size_t indent, std::string_view text, std::size_t hang, std::size_t most) {
    std::string current;
    std::size_t lines = 0;
    const auto flush = [&] {
        line(indent + (lines == 0 ? 0 : hang), current);
        current.clear();
        ++lines;
    };
    while (!text.empty()) {
        const auto room = width() - std::min(width() / 2, indent + (lines == 0 ? 0 : hang));
        const auto blank = text.find(' ');
        const auto word = text.substr(0, blank);
        if (!current.empty() && display_width(current) + 1 + display_width(word) > room) {
            if (lines + 1 == most) {
                current.append(" ").append(text);
                current = cut(current, room);
                break;
            }
            flush();
            continue;
        }
        if (!current.empty()) current += ' ';
        current += word;
        text = blank == std::string_view::npos ? std::string_view{} : text.substr(blank + 1);
    }
    flush();
}

std::string Page::text() const {
    const auto safe = ci_safe(out_);
    return style_.unicode ? safe : ascii(safe);
}

}  // namespace callgate::reports
