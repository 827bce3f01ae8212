#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::core {

/// The candidate that `word` was most likely meant to be, by edit distance; none when nothing is near.
std::optional<std::string> closest(std::string_view word, const std::vector<std::string>& candidates);

/// "did you mean 'x'?" when something is near, else "one of a, b, c" when the list is short, else empty.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace callgate::core
