#include "profiles/wrapped.h"

#include "harness/core/printable.h"

#include <algorithm>

namespace callgate::profiles {

namespace {

/// Characters, not bytes, of UTF-8.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string wrapped(std::string_view first, std::string_view text) {
    const auto shown = core::printable(text);
    const auto indent = width(first);
    std::string out{first};
    auto column = indent;
    std::string_view rest = shown;
    const auto put = [&](std::string_view piece, bool blank) {
        const auto wide = width(piece) + (blank ? 1 : 0);
        if (column > indent && column + wide > kColumns) {
            out += '\n';
            out.append(indent, ' ');
            column = indent;
            blank = false;
        }
        if (blank && column > indent) {
            out += ' ';
            ++column;
        }
        out += piece;
        column += width(piece);
    };
    while (!rest.empty()) {
        const auto end = std::min(rest.find(' '), rest.size());
        auto word = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        bool blank = true;
        // A list of flags that no line holds is broken between two of them.
        for (bool split = indent + width(word) > kColumns; split && word.find('|') < word.size() - 1;) {
            const auto piece = word.substr(0, word.find('|') + 1);
            put(piece, blank);
            word.remove_prefix(piece.size());
            blank = false;
        }
        put(word, blank);
    }
    return out + '\n';
}

}  // namespace callgate::profiles
