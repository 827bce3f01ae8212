#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace callgate::profiles {

/// A hint for a word that is none of `candidates`, which all begin with `prefix`: the case, a missing or shortened
/// prefix and the names that other tools use ("amd64") are looked through before the spelling is.
std::string suggest_token(std::string_view word, std::string_view prefix, const std::vector<std::string>& candidates);

}  // namespace callgate::profiles
