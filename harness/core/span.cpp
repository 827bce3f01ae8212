#include "harness/core/span.h"

#include <fmt/format.h>

#include <algorithm>

namespace callgate::core {

Position Span::position() const {
    if (!source) return {};
    const std::string_view before = std::string_view{source->text}.substr(0, begin);
    const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    const auto line_start = before.rfind('\n');
    return {line, before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1};
}

std::string_view Span::text() const {
    return source ? std::string_view{source->text}.substr(begin, end - begin) : std::string_view{};
}

std::string to_string(const Span& span) {
    if (!span.known()) return {};
    const auto [line, column] = span.position();
    return fmt::format("{}:{}:{}", span.file(), line, column);
}

}  // namespace callgate::core
