#pragma once

#include <compare>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace callgate::core {

/// A text that a user wrote, with the name under which the user knows it. Immutable and shared by all its spans.
struct SourceText {
    std::string name;
    std::string text;
};

/// A place in a text, counted from 1; column counts bytes. Line 0 means "nowhere".
struct Position {
    std::size_t line = 0;
    std::size_t column = 0;
    auto operator<=>(const Position&) const = default;
};

/// Where something stands in what a user wrote: bytes [begin, end) of `source`. A null source means "nowhere".
struct Span {
    std::shared_ptr<const SourceText> source;
    std::size_t begin = 0;
    std::size_t end = 0;

    [[nodiscard]] bool known() const { return source != nullptr; }
    /// The name of the file, or an empty string.
    [[nodiscard]] std::string file() const { return source ? source->name : std::string{}; }
    /// Line and column of `begin`; {0, 0} when nowhere.
    [[nodiscard]] Position position() const;
    /// The bytes themselves.
    [[nodiscard]] std::string_view text() const;
};

/// "file:line:column", "" for nowhere.
std::string to_string(const Span& span);

}  // namespace callgate::core
