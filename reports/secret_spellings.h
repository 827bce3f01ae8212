#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace callgate::reports {

/// The ways a value may be written in what a run stores: itself, escaped as in C, percent-encoded, in Base64 at each of
/// the three places it can have there.
std::vector<std::string> spellings(std::string_view value);

}  // namespace callgate::reports
