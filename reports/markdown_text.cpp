#include "reports/markdown_text.h"

#include "harness/core/printable.h"
#include "reports/wording.h"

#include <fmt/format.h>

#include <algorithm>

namespace callgate::reports {

namespace {

/// A zero-width blank: text that GitHub would make a link or a mention of is not taken for one behind it.
constexpr std::string_view kBreak = "&#8203;";

std::size_t longest_run_of_backticks(std::string_view text) {
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

}  // namespace

std::string markdown_prose(std::string_view text, std::size_t limit) {
    const auto line = shown(text, limit);
    std::string out;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        const auto rest = std::string_view{line}.substr(i);
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            // As numbers, since a table's cells are taken apart before backslashes are looked at.
            case '|':
                out += "&#124;";
                break;
            case '\\':
                out += "&#92;";
                break;
            case '`':
            case '*':
            case '_':
            case '[':
            case ']':
            case '~':
            case '$':
            case '!':
                out += fmt::format("\\{}", c);
                break;
            case '@':
            case '#':
                out += fmt::format("{}{}", c, kBreak);
                break;
            default:
                out += c;
                // "http://…" and "www.…" become links by themselves.
                if (rest.starts_with("://") || rest.starts_with("www.") || rest.starts_with("WWW.")) out += kBreak;
        }
    }
    return out;
}

std::string markdown_code(std::string_view text, std::size_t limit) {
    const auto line = shown(text, limit);
    if (line.empty()) return "";
    const bool simple = line.find_first_of("`|") == std::string::npos && line.front() != ' ' && line.back() != ' ';
    if (simple) return fmt::format("`{}`", line);
    // A code span in a table cannot hold every sequence of `\`, `|` and backticks; numbered characters can.
    std::string out = "<code>";
    for (const char c : line) {
        constexpr std::string_view kMarkup = "`|\\<>&*_[]~$!@#:\"'";
        if (kMarkup.find(c) == std::string_view::npos) {
            out += c;
        } else {
            out += fmt::format("&#{};", static_cast<int>(c));
        }
    }
    return out + "</code>";
}

std::string markdown_fence(std::string_view language, std::string_view text) {
    const auto safe = core::printable_lines(text);
    const std::string fence(std::max<std::size_t>(3, longest_run_of_backticks(safe) + 1), '`');
    return fmt::format("{}{}\n{}{}{}\n", fence, language, safe, safe.ends_with('\n') ? "" : "\n", fence);
}

}  // namespace callgate::reports
