#pragma once

#include "harness/model/arch.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callgate::model {

/// Three parts of a version, as "6.10" of a kernel (`patch` 0) or "2.5.4" of libseccomp.
struct Version {
    std::uint16_t major = 0;
    std::uint16_t minor = 0;
    std::uint16_t patch = 0;
    auto operator<=>(const Version&) const = default;
};

/// "6.10", "2.6.28", as kernels are called: the third part only where it is not 0.
std::string to_string(const Version& version);

/// "2.6.0", as libseccomp is called: always three parts.
std::string in_full(const Version& version);

enum class ParameterKind : std::uint8_t {
    integer,     ///< none of the others, or not known
    descriptor,  ///< a file descriptor; where `name` is a dfd also AT_FDCWD
    flags,       ///< bits
    command,     ///< one value of a list, which says what the call does
    size,        ///< bytes or elements
    offset,      ///< a place in a file
    half,        ///< one of two registers that hold a 64-bit value
    mode,        ///< of a file, as chmod(2)
    pid,
    id,  ///< of a user or group
    signal,
    string,   ///< an address where a text that ends with a 0 byte stands
    pointer,  ///< any other address
};

/// True for what a filter sees as an address and can say nothing sensible about.
bool is_address(ParameterKind kind);

/// One register of a call, as the kernel's entry point declares it.
struct Parameter {
    std::string_view name;  ///< the kernel's; empty for a register that only fills a pair
    ParameterKind kind = ParameterKind::integer;
    std::uint8_t bits = 64;  ///< how many the kernel reads, 16, 32 or 64: a filter sees all 64 of the register
    auto operator<=>(const Parameter&) const = default;
};

/// What is known of a name, whatever the architecture.
struct SyscallInfo {
    std::string_view name;
    std::optional<Version> introduced;        ///< the first kernel that had it; none where no source says
    std::optional<Version> libseccomp_since;  ///< the oldest of libseccomp_versions() that knows the name
};

/// Where a call is an operation of another one: "accept" is operation 5 of "socketcall" on i386.
struct Subcall {
    std::string_view multiplexer;
    std::uint32_t operation = 0;  ///< the first argument; of ipc only its lower 16 bits (ipc(2))
    auto operator<=>(const Subcall&) const = default;
};

// The table below harness/model/syscalls. It does not ask the libseccomp that runs (harness/model/call.h does), so
// every answer is the same on every host. All of it may be called from any thread; views last as long as the program.

/// The newest kernel whose calls the table has.
Version newest_kernel();

/// The libseccomp versions that the table tells apart, oldest first: one per release of Debian, as Debian builds it
/// (its 2.5.4 knows eight calls that an update brought).
std::vector<Version> libseccomp_versions();

/// Every call of every architecture in known_archs(), those that no kernel implements any more too; sorted by name.
std::span<const SyscallInfo> all_syscalls();

/// Null where the table has no such name.
const SyscallInfo* find_syscall(std::string_view name);

/// The call of a number as the filter sees it (bit 30 set on x32); null where there is none.
const SyscallInfo* syscall_at(Arch arch, std::int32_t nr);

/// The number as the filter sees it; none where the architecture does not have the call.
std::optional<std::int32_t> table_number(Arch arch, std::string_view name);

/// The registers of a call on an architecture, at most six, in order: as a filter sees them, which on 32-bit
/// architectures differs from the C library's parameters. None where the call is not on it or its parameters are not
/// known; empty for a call without parameters.
std::optional<std::vector<Parameter>> parameters(Arch arch, std::string_view name);

/// None on an architecture without the multiplexer. Some have both ways (table_number says so).
std::optional<Subcall> subcall(Arch arch, std::string_view name);

}  // namespace callgate::model
