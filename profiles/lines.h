#pragma once

#include "harness/core/span.h"
#include "harness/document/node.h"

#include <string_view>
#include <vector>

namespace callgate::profiles {

/// Pieces of a text that know their place.
struct Piece {
    std::string_view text;  ///< into the source, which the span keeps alive
    core::Span span;
};

/// The lines of a text, without their ends.
std::vector<Piece> lines_of(const document::Source& source);

/// The same without the blanks at both ends.
Piece trimmed(const Piece& piece);

/// A part of a piece: `count` bytes from `begin`, or all that is left.
Piece part_of(const Piece& piece, std::size_t begin, std::size_t count = std::string_view::npos);

/// What stands between blanks, or any of `separators`.
std::vector<Piece> words_of(const Piece& piece, std::string_view separators = " \t\r");

/// True for what can be the name of a system call: a letter or `_`, then letters, digits and `_`, at most 60 of them.
bool is_syscall_word(std::string_view text);

/// For a message about the text as a whole.
core::Span first_byte(const document::Source& source);

}  // namespace callgate::profiles
