#include "reports/secret_spellings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <utility>

namespace callgate::reports {

namespace {

std::string percent_encoded(std::string_view value, bool upper) {
    std::string out;
    for (const char c : value) {
        const bool plain =
            std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' || c == '~';
        const auto byte = static_cast<unsigned char>(c);
        out += plain ? std::string{c} : upper ? fmt::format("%{:02X}", byte) : fmt::format("%{:02x}", byte);
    }
    return out;
}

std::string c_escaped(std::string_view value) {
    std::string out;
    for (const char c : value) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                const auto byte = static_cast<unsigned char>(c);
                out += byte >= 0x20 && byte < 0x7F ? std::string{c} : fmt::format("\\x{:02x}", byte);
        }
    }
    return out;
}

/// The characters of Base64 that depend on `value` alone when it stands `offset` bytes behind a border of three.
std::string base64_core(std::string_view value, std::size_t offset) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    std::uint32_t bits = 0;
    std::size_t held = 0;
    const std::size_t foreign_bits = offset * 8;
    for (const char c : std::string(offset, '\0') + std::string{value}) {
        bits = (bits << 8U) | static_cast<unsigned char>(c);
        for (held += 8; held >= 6; held -= 6) out += kAlphabet[(bits >> (held - 6)) & 0x3FU];
    }
    const auto foreign_characters = (foreign_bits + 5) / 6;
    return out.substr(std::min(out.size(), foreign_characters));
}

}  // namespace

std::vector<std::string> spellings(std::string_view value) {
    std::vector<std::string> all{std::string{value}};
    const auto add = [&](std::string spelling) {
        if (std::find(all.begin(), all.end(), spelling) == all.end()) all.push_back(std::move(spelling));
    };
    add(c_escaped(value));
    add(percent_encoded(value, true));
    add(percent_encoded(value, false));
    // What is shorter stands in too many texts by chance.
    constexpr std::size_t kShortestCore = 8;
    for (std::size_t offset = 0; offset < 3; ++offset) {
        auto core = base64_core(value, offset);
        if (core.size() >= kShortestCore) add(std::move(core));
    }
    return all;
}

}  // namespace callgate::reports
