#include "harness/model/arch.h"

#include <fmt/format.h>
#include <seccomp.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace callgate::model {

namespace {

constexpr std::uint32_t kX32Bit = 0x40000000;

constexpr std::array kArchs{
    ArchInfo{{SCMP_ARCH_X86}, "SCMP_ARCH_X86", "i386"},
    ArchInfo{{SCMP_ARCH_X86_64}, "SCMP_ARCH_X86_64", "x86_64"},
    ArchInfo{{SCMP_ARCH_X32}, "SCMP_ARCH_X32", "x32"},
    ArchInfo{{SCMP_ARCH_ARM}, "SCMP_ARCH_ARM", "arm"},
    ArchInfo{{SCMP_ARCH_AARCH64}, "SCMP_ARCH_AARCH64", "aarch64"},
    ArchInfo{{SCMP_ARCH_MIPS}, "SCMP_ARCH_MIPS", "mips"},
    ArchInfo{{SCMP_ARCH_MIPS64}, "SCMP_ARCH_MIPS64", "mips64"},
    ArchInfo{{SCMP_ARCH_MIPS64N32}, "SCMP_ARCH_MIPS64N32", "mips64n32"},
    ArchInfo{{SCMP_ARCH_MIPSEL}, "SCMP_ARCH_MIPSEL", "mipsel"},
    ArchInfo{{SCMP_ARCH_MIPSEL64}, "SCMP_ARCH_MIPSEL64", "mipsel64"},
    ArchInfo{{SCMP_ARCH_MIPSEL64N32}, "SCMP_ARCH_MIPSEL64N32", "mipsel64n32"},
    ArchInfo{{SCMP_ARCH_PARISC}, "SCMP_ARCH_PARISC", "parisc"},
    ArchInfo{{SCMP_ARCH_PARISC64}, "SCMP_ARCH_PARISC64", "parisc64"},
    ArchInfo{{SCMP_ARCH_PPC}, "SCMP_ARCH_PPC", "ppc"},
    ArchInfo{{SCMP_ARCH_PPC64}, "SCMP_ARCH_PPC64", "ppc64"},
    ArchInfo{{SCMP_ARCH_PPC64LE}, "SCMP_ARCH_PPC64LE", "ppc64le"},
    ArchInfo{{SCMP_ARCH_RISCV64}, "SCMP_ARCH_RISCV64", "riscv64"},
    ArchInfo{{SCMP_ARCH_S390}, "SCMP_ARCH_S390", "s390"},
    ArchInfo{{SCMP_ARCH_S390X}, "SCMP_ARCH_S390X", "s390x"},
};

}  // namespace

std::span<const ArchInfo> known_archs() {
    return kArchs;
}

std::optional<Arch> arch_from_oci(std::string_view oci_name) {
    const auto found =
        std::find_if(kArchs.begin(), kArchs.end(), [&](const ArchInfo& info) { return info.oci_name == oci_name; });
    return found == kArchs.end() ? std::nullopt : std::optional{found->arch};
}

std::string arch_name(Arch arch) {
    const auto found =
        std::find_if(kArchs.begin(), kArchs.end(), [&](const ArchInfo& info) { return info.arch == arch; });
    return found == kArchs.end() ? fmt::format("arch {:#x}", arch.token) : std::string{found->short_name};
}

Arch native_arch() {
#if defined(__x86_64__)
    return {SCMP_ARCH_X86_64};
#elif defined(__aarch64__)
    return {SCMP_ARCH_AARCH64};
#else
#error "callgate runs on x86_64 and aarch64"
#endif
}

Arch arch_of_call(std::uint32_t audit_arch, std::int32_t nr) {
    const bool x32 = audit_arch == SCMP_ARCH_X86_64 && nr >= 0 && (static_cast<std::uint32_t>(nr) & kX32Bit) != 0;
    return x32 ? Arch{SCMP_ARCH_X32} : Arch{audit_arch};
}

std::uint32_t audit_arch(Arch arch) {
    return arch.token == SCMP_ARCH_X32 ? SCMP_ARCH_X86_64 : arch.token;
}

}  // namespace callgate::model
