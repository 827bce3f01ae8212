#pragma once

#include <cstdint>
#include <string_view>

namespace callgate::profiles {

/// Published holes that attackers reached by a call with these arguments: "CVE-2016-0728 (reference count)". "" where
/// none is named. `value` is that of the Risk (risks.h); 0 for calls whatever their arguments are.
std::string_view known_holes(std::string_view syscall, std::uint64_t value);

}  // namespace callgate::profiles
