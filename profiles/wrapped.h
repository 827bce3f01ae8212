#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace callgate::profiles {

/// The columns of a terminal that everybody has.
constexpr std::size_t kColumns = 80;

/// The text in lines of at most kColumns characters, where its words allow: broken at blanks, and behind "|" in a word
/// that is longer than a line. `first` stands before the first line, as many blanks before the others.
/// What could steer a terminal is made visible (core::printable). Ends with a newline.
std::string wrapped(std::string_view first, std::string_view text);

}  // namespace callgate::profiles
