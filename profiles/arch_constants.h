#pragma once

#include "harness/model/arch.h"
#include "harness/model/profile.h"
#include "harness/model/syscall_table.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace callgate::profiles {

/// True for a parameter whose bits are O_…, which architectures number differently.
bool has_open_flags(std::string_view syscall, const model::Parameter& parameter);

/// The same flags of open(2) on another architecture: the bits O_DIRECT, O_LARGEFILE, O_DIRECTORY and O_NOFOLLOW go to
/// their places, all others stay. Of architectures that number more of them differently differing_constants() says so.
std::uint64_t open_flags_on(model::Arch from, model::Arch to, std::uint64_t bits);

/// Why a test of this parameter would mean something else on another architecture: "ioctl numbers are others there";
/// "" where it means the same, flags of open(2) being renumbered. Errs on the side of a difference. Pure.
std::string differing_constants(model::Arch from, model::Arch to, std::string_view syscall,
                                const model::Parameter& parameter, const model::Profile::Argument& test);

/// The bits of a register on an architecture: 32 or 64.
unsigned register_bits(model::Arch arch);

}  // namespace callgate::profiles
