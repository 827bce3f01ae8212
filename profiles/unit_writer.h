#pragma once

#include "harness/model/arch.h"
#include "profiles/format.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::profiles {

/// The profile as a drop-in for a unit of systemd. It must not be conditional.
core::Result<Written> write_unit(const model::Profile& profile);

/// "x86-64": what SystemCallArchitectures= takes.
std::optional<model::Arch> arch_of_systemd(std::string_view name);
std::vector<std::string> systemd_archs();

/// Every ABI of a machine of the native architecture: systemd filters all of them when it is not told which.
std::vector<model::Arch> host_archs();

}  // namespace callgate::profiles
