#pragma once

#include "harness/model/run_result.h"
#include "reports/terminal.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::reports {

enum class Ink { plain, bold, dim, good, bad, unsure };

/// Columns that a text takes on a terminal: wide characters of East Asian scripts and emoji take two, combining marks
/// none. The text is printable UTF-8.
std::size_t display_width(std::string_view text);

/// A text being laid out for a terminal of some width.
class Page {
public:
    explicit Page(const TerminalStyle& style) : style_{style} {}

    /// `text` in a colour, where colours are wanted. Only ever for words of our own.
    [[nodiscard]] std::string ink(Ink ink, std::string_view text) const;

    /// "✓ passed" and the like, in `width` columns: a sign and a word, so that colour is never all there is.
    [[nodiscard]] std::string outcome(model::Outcome outcome, std::size_t width) const;

    [[nodiscard]] std::string_view times() const { return style_.unicode ? "×" : "x"; }
    [[nodiscard]] std::string_view ellipsis() const { return style_.unicode ? "…" : "..."; }
    [[nodiscard]] std::size_t width() const { return static_cast<std::size_t>(style_.width < 40 ? 40 : style_.width); }
    [[nodiscard]] const TerminalStyle& style() const { return style_; }

    void blank();
    void heading(std::string_view text);
    /// One line, as it is. Its text may be longer than the page is wide.
    void line(std::size_t indent, std::string_view text);
    /// One line, cut to the width.
    void cut_line(std::size_t indent, std::string_view text);
    /// As many lines as it takes, at most `most`; the second and later ones stand `hang` columns further in.
    void wrapped(std::size_t indent, std::string_view text, std::size_t hang = 0, std::size_t most = 12);

    /// Whole lines that were laid out before.
    void append(std::string_view lines) { out_ += lines; }

    /// The whole page.
    [[nodiscard]] std::string text() const;

private:
    [[nodiscard]] std::string cut(std::string_view text, std::size_t columns) const;
    TerminalStyle style_;
    std::string out_;
};

/// `text` with blanks up to `columns`.
std::string padded(std::string_view text, std::size_t columns);

/// A word for a shell: in single quotes unless it holds nothing but harmless characters.
std::string shell_quoted(std::string_view word);

}  // namespace callgate::reports
