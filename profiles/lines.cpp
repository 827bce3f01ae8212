#include "profiles/lines.h"

#include <algorithm>
#include <cctype>

namespace callgate::profiles {

std::vector<Piece> lines_of(const document::Source& source) {
    std::vector<Piece> lines;
    const std::string_view text{source->text};
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    std::size_t begin = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    while (begin < text.size()) {
        const auto end = std::min(text.find('\n', begin), text.size());
        const bool carriage_return = end > begin && text[end - 1] == '\r';
        const auto last = carriage_return ? end - 1 : end;
        lines.push_back({text.substr(begin, last - begin), {source, begin, last}});
        begin = end + 1;
    }
    return lines;
}

Piece part_of(const Piece& piece, std::size_t begin, std::size_t count) {
    const auto text = piece.text.substr(begin, count);
    return {text, {piece.span.source, piece.span.begin + begin, piece.span.begin + begin + text.size()}};
}

Piece trimmed(const Piece& piece) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const auto begin = std::min(piece.text.find_first_not_of(kBlanks), piece.text.size());
    const auto last = piece.text.find_last_not_of(kBlanks);
    return part_of(piece, begin, last == std::string_view::npos ? 0 : last + 1 - begin);
}

std::vector<Piece> words_of(const Piece& piece, std::string_view separators) {
    std::vector<Piece> words;
    std::size_t begin = piece.text.find_first_not_of(separators);
    while (begin != std::string_view::npos) {
        const auto end = std::min(piece.text.find_first_of(separators, begin), piece.text.size());
        words.push_back(part_of(piece, begin, end - begin));
        begin = piece.text.find_first_not_of(separators, end);
    }
    return words;
}

bool is_syscall_word(std::string_view text) {
    constexpr std::size_t kLongest = 60;
    const auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    return !text.empty() && text.size() <= kLongest && letter(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return letter(c) || std::isdigit(static_cast<unsigned char>(c)) != 0; });
}

core::Span first_byte(const document::Source& source) {
    return {source, 0, std::min<std::size_t>(1, source->text.size())};
}

}  // namespace callgate::profiles
