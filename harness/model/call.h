#pragma once

#include "harness/model/arch.h"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace callgate::model {

/// One system call as a filter sees it (struct seccomp_data, seccomp(2)). `audit_arch` is the kernel's value: for an
/// x32 call that of x86_64, with bit 30 set in `nr`.
struct Call {
    std::int32_t nr = 0;
    std::uint32_t audit_arch = 0;
    std::uint64_t instruction_pointer = 0;
    std::array<std::uint64_t, 6> args{};
    auto operator<=>(const Call&) const = default;
};

/// The name of the number, or "syscall N" where neither libseccomp nor the table knows one. `nr` as in Call.
std::string syscall_name(std::uint32_t audit_arch, std::int32_t nr);

/// The number of a name on an architecture as the filter sees it (bit 30 set on x32), by libseccomp or the table.
/// None when neither knows the name or the architecture does not have it.
std::optional<std::int32_t> syscall_number(Arch arch, const std::string& name);

/// True when libseccomp or the table knows the name on any architecture.
bool known_syscall(const std::string& name);

/// Names near to a misspelt one, for "did you mean"; native architecture.
std::optional<std::string> closest_syscall(const std::string& name);

// What the libseccomp that callgate runs with knows. A runtime on this host leaves out, silently, what it does not, so
// that nothing but this says what a profile compiles to.

/// True when libseccomp knows the name on any architecture.
bool libseccomp_knows(const std::string& name);

/// As syscall_number, by libseccomp alone.
std::optional<std::int32_t> libseccomp_number(Arch arch, const std::string& name);

}  // namespace callgate::model
