#include "harness/core/printable.h"

#include <fmt/format.h>

namespace callgate::core {

namespace {

struct Decoded {
    char32_t code = 0;
    std::size_t length = 0;  ///< 0: not valid UTF-8 here
};

/// One code point at the front of `text`; overlong forms, surrogates and values past U+10FFFF are invalid (RFC 3629).
Decoded decode(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return {first, 1};
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return {};
    char32_t code = first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return {};
        code = (code << 6U) | (byte(i) & 0x3FU);
    }
    const char32_t least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
    if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
    return {code, length};
}

/// Characters that steer a terminal, hide, or reorder what is read (Unicode bidi and zero-width; noncharacters).
bool invisible(char32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF ||
           code == 0x061C || (code >= 0xFFF0 && code <= 0xFFFB) || (code & 0xFFFEU) == 0xFFFEU;
}

std::string escaped(std::string_view text, bool keep_lines) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto [code, length] = decode(text);
        if (length == 0) {
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
            text.remove_prefix(1);
            continue;
        }
        if (keep_lines && (code == '\n' || code == '\t')) {
            out += static_cast<char>(code);
        } else if (code == '\t') {
            out += ' ';
        } else if (invisible(code)) {
            out += code < 0x80 ? fmt::format("\\x{:02x}", static_cast<unsigned>(code))
                               : fmt::format("\\u{{{:04x}}}", static_cast<unsigned>(code));
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length);
    }
    return out;
}

}  // namespace

std::string printable(std::string_view text) {
    return escaped(text, false);
}

std::string printable_lines(std::string_view text) {
    return escaped(text, true);
}

std::string shortened(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return std::string{text};
    auto cut = limit;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
    return std::string{text.substr(0, cut)} + "…";
}

}  // namespace callgate::core
