#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callgate::profiles {

/// The number of "PROT_EXEC", "O_RDONLY", "EPERM"...: what it is on the architecture that callgate was built for.
std::optional<std::uint64_t> constant(std::string_view name);

/// "did you mean 'PROT_EXEC'?", or "".
std::string suggest_constant(std::string_view name);

}  // namespace callgate::profiles
