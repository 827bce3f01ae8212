#include "harness/core/stable_text.h"

#include <algorithm>
#include <cctype>

namespace callgate::core {

namespace {

constexpr std::size_t kShortestIdentifier = 8;

bool is_digit(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// An address, a digest, a random name: hexadecimal digits, some of them decimal ones.
bool is_identifier(std::string_view word) {
    return word.size() >= kShortestIdentifier && std::any_of(word.begin(), word.end(), is_digit) &&
           std::all_of(word.begin(), word.end(),
                       [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; });
}

void append_without_numbers(std::string_view word, std::string& text) {
    for (const char c : word) {
        if (!is_digit(c)) {
            text += c;
        } else if (text.empty() || text.back() != '0') {
            text += '0';
        }
    }
}

}  // namespace

std::string stable_text(std::string_view text, std::string_view directory) {
    std::string stable;
    stable.reserve(text.size());
    while (!text.empty()) {
        if (!directory.empty() && text.starts_with(directory)) {
            stable += "${workdir}";
            text.remove_prefix(directory.size());
            continue;
        }
        const auto end = std::find_if_not(text.begin(), text.end(), is_word);
        const auto length = static_cast<std::size_t>(end - text.begin());
        const auto word = text.substr(0, length);
        if (is_identifier(word)) {
            stable += '#';
        } else {
            append_without_numbers(word, stable);
        }
        if (length < text.size()) stable += text[length];
        text.remove_prefix(std::min(length + 1, text.size()));
    }
    return stable;
}

}  // namespace callgate::core
