#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::profiles {

/// The system calls of a set such as "@system-service", those of the sets within it included, in the order of systemd;
/// none for a set that it does not have.
std::optional<std::vector<std::string>> systemd_group(std::string_view name);

/// "@aio", ...
std::vector<std::string> systemd_groups();

}  // namespace callgate::profiles
