#include "harness/model/arch.h"
#include "harness/model/call.h"

#include <catch2/catch.hpp>

#include <linux/audit.h>

#include <set>

namespace callgate::model {

namespace {

constexpr std::int32_t kX32Bit = 0x40000000;
constexpr Arch kX86_64{AUDIT_ARCH_X86_64};

}  // namespace

TEST_CASE("an architecture is the kernel's AUDIT_ARCH value", "[model]") {
    const auto [oci, shown, token] = GENERATE(table<std::string, std::string, std::uint32_t>({
        {"SCMP_ARCH_X86", "i386", AUDIT_ARCH_I386},
        {"SCMP_ARCH_X86_64", "x86_64", AUDIT_ARCH_X86_64},
        {"SCMP_ARCH_ARM", "arm", AUDIT_ARCH_ARM},
        {"SCMP_ARCH_AARCH64", "aarch64", AUDIT_ARCH_AARCH64},
        {"SCMP_ARCH_MIPS", "mips", AUDIT_ARCH_MIPS},
        {"SCMP_ARCH_MIPSEL64N32", "mipsel64n32", AUDIT_ARCH_MIPSEL64N32},
        {"SCMP_ARCH_PPC64LE", "ppc64le", AUDIT_ARCH_PPC64LE},
        {"SCMP_ARCH_RISCV64", "riscv64", AUDIT_ARCH_RISCV64},
        {"SCMP_ARCH_S390X", "s390x", AUDIT_ARCH_S390X},
    }));
    const auto arch = arch_from_oci(oci);
    REQUIRE(arch.has_value());
    CHECK(arch->token == token);
    CHECK(arch_name(*arch) == shown);
    CHECK(audit_arch(*arch) == token);
    CHECK(arch_of_call(token, 1) == *arch);
}

TEST_CASE("every known architecture has a token and names of its own", "[model]") {
    std::set<std::uint32_t> tokens;
    std::set<std::string_view> oci_names;
    std::set<std::string_view> short_names;
    for (const auto& info : known_archs()) {
        tokens.insert(info.arch.token);
        oci_names.insert(info.oci_name);
        short_names.insert(info.short_name);
        CHECK(arch_from_oci(info.oci_name) == info.arch);
        CHECK(arch_name(info.arch) == info.short_name);
    }
    CHECK(tokens.size() == known_archs().size());
    CHECK(oci_names.size() == known_archs().size());
    CHECK(short_names.size() == known_archs().size());
    CHECK(oci_names.count("SCMP_ARCH_X32") == 1);
}

TEST_CASE("what is no architecture is told as a number", "[model]") {
    CHECK_FALSE(arch_from_oci("x86_64").has_value());
    CHECK_FALSE(arch_from_oci("").has_value());
    CHECK(arch_name({0x1234}) == "arch 0x1234");
}

TEST_CASE("bit 30 of the number tells x32 from x86_64", "[model]") {
    const auto x32 = *arch_from_oci("SCMP_ARCH_X32");
    const auto [token, nr, arch] = GENERATE_COPY(table<std::uint32_t, std::int32_t, Arch>({
        {AUDIT_ARCH_X86_64, 0, kX86_64},
        {AUDIT_ARCH_X86_64, kX32Bit, x32},
        {AUDIT_ARCH_X86_64, kX32Bit | 547, x32},
        {AUDIT_ARCH_X86_64, -1, kX86_64},
        {AUDIT_ARCH_I386, kX32Bit, Arch{AUDIT_ARCH_I386}},
        {AUDIT_ARCH_AARCH64, kX32Bit, Arch{AUDIT_ARCH_AARCH64}},
    }));
    CHECK(arch_of_call(token, nr) == arch);
    CHECK(audit_arch(x32) == AUDIT_ARCH_X86_64);
}

TEST_CASE("a call has the name that its architecture gives to its number", "[model]") {
    const auto [token, nr, name] = GENERATE(table<std::uint32_t, std::int32_t, std::string>({
        {AUDIT_ARCH_X86_64, 0, "read"},
        {AUDIT_ARCH_X86_64, 83, "mkdir"},
        {AUDIT_ARCH_I386, 83, "symlink"},
        {AUDIT_ARCH_AARCH64, 63, "read"},
        {AUDIT_ARCH_X86_64, kX32Bit, "read"},
        {AUDIT_ARCH_X86_64, kX32Bit | 520, "execve"},
        {AUDIT_ARCH_X86_64, 520, "syscall 520"},
        {AUDIT_ARCH_X86_64, 100'000, "syscall 100000"},
        {AUDIT_ARCH_X86_64, -1, "syscall -1"},
        {0x12345678, 5, "syscall 5"},
    }));
    CHECK(syscall_name(token, nr) == name);
}

TEST_CASE("a name has the number that the filter sees, where the architecture has the call", "[model]") {
    const auto x32 = *arch_from_oci("SCMP_ARCH_X32");
    CHECK(syscall_number(kX86_64, "openat") == 257);
    CHECK(syscall_number(x32, "openat") == (kX32Bit | 257));
    CHECK_FALSE(syscall_number({AUDIT_ARCH_AARCH64}, "open").has_value());
    CHECK_FALSE(syscall_number(kX86_64, "stime").has_value());
    CHECK_FALSE(syscall_number(kX86_64, "no_such_call").has_value());
}

TEST_CASE("a call of another architecture is known, a misspelt one has a near name", "[model]") {
    CHECK(known_syscall("openat"));
    CHECK(known_syscall("stime"));
    CHECK_FALSE(known_syscall("openatt"));
    CHECK_FALSE(known_syscall(""));
    CHECK(closest_syscall("openatt") == "openat");
    CHECK(closest_syscall("MKDIR") == "mkdir");
    CHECK_FALSE(closest_syscall("completely_else").has_value());
}

}  // namespace callgate::model
