#include "harness/model/call.h"
#include "harness/model/syscall_table.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <seccomp.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace callgate::model {

namespace {

constexpr std::int32_t kX32Bit = 0x40000000;

Arch arch(std::string_view short_name) {
    for (const auto& info : known_archs()) {
        if (info.short_name == short_name) return info.arch;
    }
    throw std::invalid_argument{std::string{short_name}};
}

/// What libseccomp calls a number, without callgate in between.
std::string libseccomp_name(Arch arch, std::int32_t nr) {
    const std::unique_ptr<char, void (*)(void*)> name{seccomp_syscall_resolve_num_arch(arch.token, nr), std::free};
    return name ? name.get() : "";
}

Version running_libseccomp() {
    const auto* version = seccomp_version();
    return {static_cast<std::uint16_t>(version->major), static_cast<std::uint16_t>(version->minor),
            static_cast<std::uint16_t>(version->micro)};
}

std::string in_words(const std::optional<std::vector<Parameter>>& parameters) {
    if (!parameters) return "unknown";
    std::string words;
    for (const auto& parameter : *parameters) {
        if (!words.empty()) words += ' ';
        words += fmt::format("{}:{}{}", parameter.name, is_address(parameter.kind) ? "*" : "", parameter.bits);
    }
    return words;
}

}  // namespace

TEST_CASE("the table and libseccomp give the same numbers, wherever libseccomp has one", "[model]") {
    std::size_t compared = 0;
    for (const auto& info : known_archs()) {
        const std::int32_t bit = info.short_name == "x32" ? kX32Bit : 0;
        for (std::int32_t nr = 0; nr < 7000; ++nr) {
            const auto name = libseccomp_name(info.arch, nr | bit);
            // On MIPS libseccomp answers to numbers without the ABI's base too, which no kernel has.
            if (name.empty() || libseccomp_number(info.arch, name) != (nr | bit)) continue;
            INFO(name << " on " << info.short_name);
            CHECK(table_number(info.arch, name) == (nr | bit));
            const auto* call = syscall_at(info.arch, nr | bit);
            CHECK((call != nullptr && call->name == name));
            ++compared;
        }
    }
    CHECK(compared > 6000);
}

TEST_CASE("libseccomp knows no name that the table lacks", "[model]") {
    for (const auto& call : all_syscalls()) {
        for (const auto& info : known_archs()) {
            const auto number = libseccomp_number(info.arch, std::string{call.name});
            if (!number) continue;
            INFO(call.name << " on " << info.short_name);
            CHECK(table_number(info.arch, call.name) == number);
        }
    }
}

TEST_CASE("the table says which names the running libseccomp knows", "[model]") {
    const auto running = running_libseccomp();
    const auto versions = libseccomp_versions();
    REQUIRE(std::is_sorted(versions.begin(), versions.end()));
    // Elsewhere than in Debian 2.5.4 lacks what an update brought.
    const bool debian = libseccomp_knows("cachestat") == (running >= Version{2, 5, 4});
    const bool listed = debian && std::find(versions.begin(), versions.end(), running) != versions.end();
    for (const auto& call : all_syscalls()) {
        INFO(call.name << " with libseccomp " << to_string(running));
        const bool since = call.libseccomp_since && *call.libseccomp_since <= running;
        if (since && (debian || *call.libseccomp_since < running)) CHECK(libseccomp_knows(std::string{call.name}));
        if (listed && !since) CHECK_FALSE(libseccomp_knows(std::string{call.name}));
    }
}

TEST_CASE("names are sorted, and each has a number somewhere that leads back to it", "[model]") {
    const auto all = all_syscalls();
    REQUIRE(all.size() > 480);
    CHECK(std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; }));
    for (const auto& call : all) {
        INFO(call.name);
        CHECK(find_syscall(call.name) == &call);
        bool leads_back = false;
        for (const auto& info : known_archs()) {
            const auto number = table_number(info.arch, call.name);
            leads_back = leads_back || (number && syscall_at(info.arch, *number) == &call);
        }
        CHECK(leads_back);
    }
    CHECK(find_syscall("") == nullptr);
    CHECK(find_syscall("opennat") == nullptr);
    CHECK(find_syscall("zzz") == nullptr);
}

// By hand, from arch/x86/entry/syscalls/syscall_64.tbl, scripts/syscall.tbl and arch/mips/kernel/syscalls of Linux 7.3.
TEST_CASE("calls newer than libseccomp 2.5 have their numbers and kernels", "[model]") {
    const auto [name, introduced, on, number] = GENERATE(table<std::string, Version, std::string, std::int32_t>({
        {"cachestat", {6, 5, 0}, "x86_64", 451},         {"fchmodat2", {6, 6, 0}, "aarch64", 452},
        {"statmount", {6, 8, 0}, "riscv64", 457},        {"listmount", {6, 8, 0}, "i386", 458},
        {"lsm_get_self_attr", {6, 8, 0}, "x86_64", 459}, {"lsm_set_self_attr", {6, 8, 0}, "s390x", 460},
        {"lsm_list_modules", {6, 8, 0}, "ppc64le", 461}, {"mseal", {6, 10, 0}, "x86_64", 462},
        {"mseal", {6, 10, 0}, "x32", kX32Bit | 462},     {"mseal", {6, 10, 0}, "mips", 4462},
        {"mseal", {6, 10, 0}, "mipsel64", 5462},         {"mseal", {6, 10, 0}, "mips64n32", 6462},
        {"uretprobe", {6, 11, 0}, "x86_64", 335},        {"setxattrat", {6, 13, 0}, "x86_64", 463},
        {"getxattrat", {6, 13, 0}, "aarch64", 464},      {"open_tree_attr", {6, 15, 0}, "arm", 467},
        {"file_getattr", {6, 17, 0}, "x86_64", 468},     {"file_setattr", {6, 17, 0}, "x86_64", 469},
        {"listns", {6, 19, 0}, "x86_64", 470},           {"rseq_slice_yield", {7, 0, 0}, "x86_64", 471},
        {"fchroot", {7, 3, 0}, "aarch64", 472},
    }));
    INFO(name << " on " << on);
    REQUIRE(find_syscall(name) != nullptr);
    CHECK(find_syscall(name)->introduced == introduced);
    CHECK(table_number(arch(on), name) == number);
    CHECK(syscall_at(arch(on), number)->name == name);
    CHECK(introduced <= newest_kernel());
}

TEST_CASE("old calls have the kernel that brought them, where one is known", "[model]") {
    CHECK(find_syscall("open")->introduced == Version{1, 0, 0});
    CHECK(find_syscall("openat")->introduced == Version{2, 6, 16});
    CHECK(find_syscall("clone3")->introduced == Version{5, 3, 0});
    CHECK(find_syscall("clock_gettime64")->introduced == Version{5, 1, 0});
    CHECK_FALSE(find_syscall("tuxcall")->introduced.has_value());
    CHECK(to_string({6, 10, 0}) == "6.10");
    CHECK(to_string({2, 6, 28}) == "2.6.28");
    CHECK(in_full({2, 6, 0}) == "2.6.0");
}

TEST_CASE("a number is one of an architecture", "[model]") {
    CHECK_FALSE(table_number(arch("aarch64"), "open").has_value());
    CHECK_FALSE(table_number(arch("x86_64"), "uretprobes").has_value());
    CHECK_FALSE(table_number({0x1234}, "open").has_value());
    CHECK(syscall_at({0x1234}, 0) == nullptr);
    CHECK(syscall_at(arch("x32"), 0) == nullptr);
    CHECK(syscall_at(arch("x86_64"), -1) == nullptr);
    CHECK(syscall_at(arch("x86_64"), kX32Bit) == nullptr);
    CHECK(table_number(arch("arm"), "set_tls") == 0xf0005);
}

// By hand, from the definitions in fs, kernel and mm, and in arch/x86/kernel/sys_ia32.c.
TEST_CASE("parameters are those of the architecture's entry point", "[model]") {
    const auto [on, name, words] = GENERATE(table<std::string, std::string, std::string>({
        {"x86_64", "openat", "dfd:32 filename:*64 flags:32 mode:16"},
        {"i386", "openat", "dfd:32 filename:*32 flags:32 mode:16"},
        {"x86_64", "read", "fd:32 buf:*64 count:64"},
        {"x86_64", "lseek", "fd:32 offset:64 whence:32"},
        {"x86_64", "pread64", "fd:32 buf:*64 count:64 pos:64"},
        {"i386", "pread64", "fd:32 ubuf:*32 count:32 poslo:32 poshi:32"},
        {"i386", "mmap", "arg:*32"},
        {"x86_64", "mmap", "addr:*64 len:64 prot:64 flags:64 fd:64 off:64"},
        {"x86_64", "clone", "clone_flags:64 newsp:*64 parent_tidptr:*64 child_tidptr:*64 tls:*64"},
        {"aarch64", "clone", "clone_flags:64 newsp:*64 parent_tidptr:*64 tls:*64 child_tidptr:*64"},
        {"s390x", "clone", "newsp:*64 clone_flags:64 parent_tidptr:*64 child_tidptr:*64 tls:*64"},
        {"x86_64", "mseal", "start:*64 len:64 flags:64"},
        {"x86_64", "statmount", "req:*64 buf:*64 bufsize:64 flags:32"},
        {"x86_64", "getpid", ""},
        {"aarch64", "open", "unknown"},
        {"x86_64", "tuxcall", "unknown"},
        {"x86_64", "no_such_call", "unknown"},
    }));
    INFO(name << " on " << on);
    CHECK(in_words(parameters(arch(on), name)) == words);
}

TEST_CASE("kinds of parameters tell what a filter can compare", "[model]") {
    const auto [name, place, kind] = GENERATE(table<std::string, std::size_t, ParameterKind>({
        {"openat", 0, ParameterKind::descriptor}, {"openat", 1, ParameterKind::string},
        {"openat", 2, ParameterKind::flags},      {"openat", 3, ParameterKind::mode},
        {"write", 1, ParameterKind::pointer},     {"write", 2, ParameterKind::size},
        {"lseek", 1, ParameterKind::offset},      {"lseek", 2, ParameterKind::command},
        {"kill", 0, ParameterKind::pid},          {"kill", 1, ParameterKind::signal},
        {"setuid", 0, ParameterKind::id},         {"prctl", 0, ParameterKind::command},
        {"clone", 0, ParameterKind::flags},       {"mmap", 2, ParameterKind::flags},
        {"socket", 1, ParameterKind::flags},      {"personality", 0, ParameterKind::flags},
        {"preadv", 4, ParameterKind::half},       {"sethostname", 0, ParameterKind::pointer},
        {"mount", 0, ParameterKind::string},
    }));
    INFO(name << ", argument " << place);
    const auto found = parameters(arch("x86_64"), name);
    REQUIRE(found);
    REQUIRE(place < found->size());
    CHECK((*found)[place].kind == kind);
}

TEST_CASE("no register is wider than the architecture's, and none has more than six", "[model]") {
    const std::set<std::string_view> narrow{"i386", "arm", "mips", "mipsel", "parisc", "ppc", "s390"};
    for (const auto& info : known_archs()) {
        for (const auto& call : all_syscalls()) {
            const auto found = parameters(info.arch, call.name);
            if (!found) continue;
            INFO(call.name << " on " << info.short_name);
            CHECK(table_number(info.arch, call.name).has_value());
            CHECK(found->size() <= 6);
            for (const auto& parameter : *found)
                CHECK(parameter.bits <= (narrow.count(info.short_name) != 0 ? 32 : 64));
        }
    }
}

TEST_CASE("every call that a kernel still has on x86_64 or aarch64 has known parameters", "[model]") {
    // What no kernel implements, and what is gone since before the oldest source that the table is made from.
    const std::set<std::string_view> gone{
        "_sysctl", "afs_syscall", "create_module",  "epoll_ctl_old",   "epoll_wait_old", "get_kernel_syms",
        "getpmsg", "nfsservctl",  "lookup_dcookie", "putpmsg",         "query_module",   "security",
        "tuxcall", "vserver",     "uselib",         "get_thread_area", "set_thread_area"};
    for (const auto* on : {"x86_64", "aarch64"}) {
        for (const auto& call : all_syscalls()) {
            if (!table_number(arch(on), call.name) || gone.count(call.name) != 0) continue;
            INFO(call.name << " on " << on);
            CHECK(parameters(arch(on), call.name).has_value());
        }
    }
}

TEST_CASE("operations of socketcall and ipc are told where these calls exist", "[model]") {
    CHECK(subcall(arch("i386"), "accept") == Subcall{"socketcall", 5});
    CHECK(subcall(arch("i386"), "semop") == Subcall{"ipc", 1});
    CHECK(subcall(arch("s390x"), "shmctl") == Subcall{"ipc", 24});
    CHECK_FALSE(subcall(arch("x86_64"), "accept").has_value());
    CHECK_FALSE(subcall(arch("i386"), "open").has_value());
}

TEST_CASE("names that libseccomp does not know yet are names all the same", "[model]") {
    CHECK(syscall_name(audit_arch(arch("x86_64")), 472) == "fchroot");
    CHECK(syscall_name(audit_arch(arch("x32")), kX32Bit | 472) == "fchroot");
    CHECK(syscall_number(arch("aarch64"), "fchroot") == 472);
    CHECK(known_syscall("fchroot"));
    CHECK(closest_syscall("fchrot") == "fchroot");
    CHECK_FALSE(libseccomp_knows("no_such_call"));
    CHECK(libseccomp_knows("sysmips"));
    CHECK_FALSE(libseccomp_number(arch("x86_64"), "sysmips").has_value());
}

}  // namespace callgate::model
