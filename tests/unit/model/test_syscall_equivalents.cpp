#include "harness/model/syscall_equivalents.h"
#include "harness/model/syscall_table.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace callgate::model {

namespace {

Arch arch(std::string_view oci_name) {
    return arch_from_oci(oci_name).value();
}

}  // namespace

TEST_CASE("what does a missing call's work is on the architecture itself", "[model]") {
    for (const auto& info : known_archs()) {
        for (const auto& call : all_syscalls()) {
            const auto found = equivalent(info.arch, call.name);
            if (!found) continue;
            INFO(call.name << " on " << info.short_name);
            CHECK_FALSE(table_number(info.arch, call.name).has_value());
            CHECK_FALSE(found->why.empty());
            for (const auto name : found->names) CHECK(table_number(info.arch, name).has_value());
        }
    }
}

TEST_CASE("every call of x86 that aarch64 or riscv64 lacks is accounted for", "[model]") {
    for (const auto* lacking : {"SCMP_ARCH_AARCH64", "SCMP_ARCH_RISCV64"}) {
        for (const auto* having : {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"}) {
            for (const auto& call : all_syscalls()) {
                if (!table_number(arch(having), call.name) || table_number(arch(lacking), call.name)) continue;
                INFO(call.name << " of " << having << " on " << lacking);
                CHECK(equivalent(arch(lacking), call.name).has_value());
            }
        }
    }
}

TEST_CASE("entries are sorted, once each, and of calls that exist", "[model]") {
    const auto names = calls_with_equivalents();
    CHECK(std::is_sorted(names.begin(), names.end()));
    CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
    for (const auto name : names) {
        INFO(name);
        CHECK(find_syscall(name) != nullptr);
        const bool needed = std::any_of(known_archs().begin(), known_archs().end(),
                                        [&](const ArchInfo& info) { return equivalent(info.arch, name).has_value(); });
        CHECK(needed);
    }
}

TEST_CASE("equivalents are what the C libraries call", "[model]") {
    const auto [on, name, instead] = GENERATE(table<std::string, std::string, std::vector<std::string_view>>({
        {"SCMP_ARCH_AARCH64", "open", {"openat"}},
        {"SCMP_ARCH_AARCH64", "epoll_wait", {"epoll_pwait"}},
        {"SCMP_ARCH_AARCH64", "dup2", {"dup3", "fcntl"}},
        {"SCMP_ARCH_AARCH64", "arch_prctl", {}},
        {"SCMP_ARCH_AARCH64", "stat", {"newfstatat", "statx"}},
        {"SCMP_ARCH_AARCH64", "rename", {"renameat"}},
        {"SCMP_ARCH_RISCV64", "rename", {"renameat2"}},
        {"SCMP_ARCH_AARCH64", "chown32", {"fchownat"}},
        {"SCMP_ARCH_X86_64", "chown32", {"chown"}},
        {"SCMP_ARCH_ARM", "mmap", {"mmap2"}},
        {"SCMP_ARCH_X86", "newfstatat", {"fstatat64"}},
    }));
    INFO(name << " on " << on);
    const auto found = equivalent(arch(on), name);
    REQUIRE(found);
    CHECK(found->names == instead);
}

TEST_CASE("a call that the architecture has needs no equivalent", "[model]") {
    CHECK_FALSE(equivalent(arch("SCMP_ARCH_X86_64"), "open").has_value());
    CHECK_FALSE(equivalent(arch("SCMP_ARCH_AARCH64"), "openat").has_value());
    CHECK_FALSE(equivalent(arch("SCMP_ARCH_AARCH64"), "no_such_call").has_value());
}

}  // namespace callgate::model
