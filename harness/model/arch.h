#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace callgate::model {

/// A system call ABI by libseccomp's token, which is the kernel's AUDIT_ARCH value (linux/audit.h) for all but x32:
/// there the kernel reports AUDIT_ARCH_X86_64 and sets bit 30 of the number (seccomp(2)).
struct Arch {
    std::uint32_t token = 0;
    auto operator<=>(const Arch&) const = default;
};

struct ArchInfo {
    Arch arch;
    std::string_view oci_name;    ///< "SCMP_ARCH_X86_64", of the OCI runtime-spec
    std::string_view short_name;  ///< "x86_64", as shown to people
};

/// Every architecture of the OCI runtime-spec that libseccomp 2.5 can compile for.
std::span<const ArchInfo> known_archs();

std::optional<Arch> arch_from_oci(std::string_view oci_name);

/// "x86_64", or "arch 0x…" for one that is not known.
std::string arch_name(Arch arch);

/// The architecture callgate itself was built for.
Arch native_arch();

/// The architecture that the kernel's filter data names: x32 is told from x86_64 by bit 30 of the number.
Arch arch_of_call(std::uint32_t audit_arch, std::int32_t nr);

/// What the kernel puts into seccomp_data.arch for calls of this architecture.
std::uint32_t audit_arch(Arch arch);

}  // namespace callgate::model
