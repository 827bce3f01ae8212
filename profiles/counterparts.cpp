#include "profiles/counterparts.h"

#include "harness/model/syscall_equivalents.h"
#include "harness/model/syscall_table.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <string>

// What glibc 2.36 and musl 1.2.3 pass where a call stands in for another one, by the kernel's names of the parameters.
// What is not said is of the same name in both calls, or may be anything: an address, the size of a signal set.

namespace callgate::profiles {

namespace {

constexpr std::uint64_t kAtFdcwd = 0xffff'ff9c;  // -100 as an int
constexpr std::uint64_t kSymlinkNofollow = 0x100;
constexpr std::uint64_t kRemoveDir = 0x200;
constexpr std::uint64_t kAllBits = ~std::uint64_t{0};
constexpr std::uint64_t kNoAutomount = 0xffff'f7ff;  // AT_NO_AUTOMOUNT, which stat always means, may be set or not
constexpr std::uint64_t kNoLargeFile = 0xffff'7fff;  // musl sets O_LARGEFILE
constexpr std::uint64_t kNoChildTid = 0xfedf'ffff;   // glibc sets CLONE_CHILD_SETTID and CLONE_CHILD_CLEARTID
constexpr std::uint64_t kArchSetFs = 0x1002;

constexpr Fixed kDfd{"dfd", kAtFdcwd};
constexpr Fixed kNoFlags{"flags", 0};
constexpr Fixed kNoFlag{"flag", 0};
constexpr Fixed kNofollow{"flag", kSymlinkNofollow};

constexpr Fixed null(std::string_view parameter) {
    return {parameter, 0, kAllBits};
}

struct Row {
    std::string_view name;
    std::string_view instead;
    std::array<Fixed, 4> fixed{};
    std::pair<std::string_view, std::string_view> renamed{};
    Fixed only_of{};
    bool helps = false;
};

// Calls whose parameters all have the other call's names need no row (correspond() below).
constexpr Row kRows[] = {
    {"_llseek", "lseek"},
    {"_newselect", "pselect6"},
    {"accept", "accept4", {kNoFlags}},
    {"access", "faccessat", {kDfd}},
    {"alarm", "setitimer", {{{"which", 0}}}},
    {"arch_prctl", "set_thread_area", {}, {}, {"option", kArchSetFs}},
    {"arch_prctl", "set_tls", {}, {}, {"option", kArchSetFs}},
    {"arm_fadvise64_64", "fadvise64"},
    {"arm_fadvise64_64", "fadvise64_64"},
    {"arm_sync_file_range", "sync_file_range"},
    {"arm_sync_file_range", "sync_file_range2"},
    {"chmod", "fchmodat", {kDfd}},
    {"chown", "fchownat", {kDfd, kNoFlag}},
    {"chown32", "fchownat", {kDfd, kNoFlag}},
    {"creat", "openat", {kDfd, {"flags", 01101, kNoLargeFile, true}}},
    {"dup2", "dup3", {kNoFlags}},
    {"dup2", "fcntl", {{{"cmd", 1}}}, {"oldfd", "fd"}, {}, true},  // F_GETFD: musl
    {"dup2", "fcntl", {{{"cmd", 3}}}, {"oldfd", "fd"}, {}, true},  // F_GETFL: glibc
    {"epoll_create", "epoll_create1", {kNoFlags}},
    {"epoll_wait", "epoll_pwait", {null("sigmask")}},
    {"eventfd", "eventfd2", {kNoFlags}},
    {"fadvise64", "arm_fadvise64_64"},
    {"fadvise64", "fadvise64_64"},
    {"fadvise64_64", "arm_fadvise64_64"},
    {"fadvise64_64", "fadvise64"},
    {"fork", "clone", {{{"clone_flags", 0x11, kNoChildTid}}}},
    {"fstatfs", "fstatfs64"},
    {"ftruncate", "ftruncate64"},
    {"ftruncate64", "ftruncate"},
    {"futimesat", "utimensat", {kNoFlags}},
    {"getpgrp", "getpgid", {{{"pid", 0}}}},
    {"inotify_init", "inotify_init1", {kNoFlags}},
    {"lchown", "fchownat", {kDfd, kNofollow}},
    {"lchown32", "fchownat", {kDfd, kNofollow}},
    {"link", "linkat", {{{"olddfd", kAtFdcwd}, {"newdfd", kAtFdcwd}, kNoFlags}}},
    {"lseek", "_llseek"},
    {"lstat", "fstatat64", {kDfd, kNofollow}},
    {"lstat", "newfstatat", {kDfd, kNofollow}},
    {"lstat", "statx", {kDfd, {"flags", kSymlinkNofollow, kNoAutomount}}},
    {"lstat64", "newfstatat", {kDfd, kNofollow}},
    {"lstat64", "statx", {kDfd, {"flags", kSymlinkNofollow, kNoAutomount}}},
    {"mkdir", "mkdirat", {kDfd}},
    {"mknod", "mknodat", {kDfd}},
    {"mmap", "mmap2"},
    {"mmap2", "mmap"},
    {"nice", "getpriority", {{{"which", 0}, {"who", 0}}}, {}, {}, true},
    {"nice", "setpriority", {{{"which", 0}, {"who", 0}}}},
    {"oldlstat", "newfstatat", {kDfd, kNofollow}},
    {"oldstat", "newfstatat", {kDfd, kNoFlag}},
    {"open", "openat", {kDfd}},
    {"pause", "ppoll", {null("ufds"), {"nfds", 0}, null("tsp"), null("sigmask")}},
    {"pipe", "pipe2", {kNoFlags}},
    {"poll", "ppoll", {null("sigmask")}},
    {"readlink", "readlinkat", {kDfd}},
    {"recv", "recvfrom", {null("addr"), null("addr_len")}},
    {"rename", "renameat", {{{"olddfd", kAtFdcwd}, {"newdfd", kAtFdcwd}}}},
    {"rename", "renameat2", {{{"olddfd", kAtFdcwd}, {"newdfd", kAtFdcwd}, kNoFlags}}},
    {"renameat", "renameat2", {kNoFlags}},
    {"rmdir", "unlinkat", {kDfd, {"flag", kRemoveDir}}},
    {"select", "_newselect"},
    {"select", "pselect6"},
    {"semop", "semtimedop", {null("timeout")}},
    {"send", "sendto", {null("addr"), {"addr_len", 0}}},
    {"sgetmask", "rt_sigprocmask", {null("nset")}},
    {"sigaction", "rt_sigaction"},
    {"signal", "rt_sigaction"},
    {"signalfd", "signalfd4", {kNoFlags}},
    {"sigpending", "rt_sigpending"},
    {"sigprocmask", "rt_sigprocmask"},
    {"sigsuspend", "rt_sigsuspend"},
    {"ssetmask", "rt_sigprocmask"},
    {"stat", "fstatat64", {kDfd, kNoFlag}},
    {"stat", "newfstatat", {kDfd, kNoFlag}},
    {"stat", "statx", {kDfd, {"flags", 0, kNoAutomount}}},
    {"stat64", "newfstatat", {kDfd, kNoFlag}},
    {"stat64", "statx", {kDfd, {"flags", 0, kNoAutomount}}},
    {"statfs", "statfs64"},
    {"stime", "clock_settime", {{{"which_clock", 0}}}},
    {"symlink", "symlinkat", {{{"newdfd", kAtFdcwd}}}},
    {"sync_file_range", "arm_sync_file_range"},
    {"sync_file_range", "sync_file_range2"},
    {"sync_file_range2", "sync_file_range"},
    {"time", "clock_gettime", {{{"which_clock", 0}}}},  // CLOCK_REALTIME: musl
    {"time", "clock_gettime", {{{"which_clock", 5}}}},  // CLOCK_REALTIME_COARSE: glibc
    {"truncate", "truncate64"},
    {"truncate64", "truncate"},
    {"ugetrlimit", "prlimit64", {{{"pid", 0}, null("new_rlim")}}},
    {"umount", "umount2", {kNoFlags}},
    {"unlink", "unlinkat", {kDfd, kNoFlag}},
    {"utime", "utimensat", {kDfd, kNoFlags}},
    {"utimes", "utimensat", {kDfd, kNoFlags}},
    {"vfork", "clone", {{{"clone_flags", 0x4111}}}},
    {"wait4", "waitpid", {}, {"upid", "pid"}},
    {"waitpid", "wait4", {null("ru")}, {"pid", "upid"}},
};

// What C libraries prefer where it exists, beside those with a longer name (kWideSuffixes). x86_64 has set_thread_area
// too, but programs there do not need it.
constexpr std::pair<std::string_view, std::string_view> kPreferred[] = {
    {"arch_prctl", "set_thread_area"},
    {"arch_prctl", "set_tls"},
    {"fadvise64", "arm_fadvise64_64"},
    {"fadvise64", "fadvise64_64"},
    {"getrlimit", "ugetrlimit"},
    {"lseek", "_llseek"},
    {"mmap", "mmap2"},
    {"newfstatat", "fstatat64"},
    {"recvfrom", "recv"},
    {"rt_sigreturn", "sigreturn"},
    {"select", "_newselect"},
    {"sendto", "send"},
    {"sync_file_range", "arm_sync_file_range"},
    {"sync_file_range", "sync_file_range2"},
    {"wait4", "waitpid"},
};
constexpr std::array<std::string_view, 3> kWideSuffixes{"64", "32", "_time64"};

constexpr std::string_view kPrefers = "C libraries call it there by preference";

std::vector<Counterpart> rows_of(std::string_view name, std::string_view instead, std::string_view why) {
    std::vector<Counterpart> found;
    for (const auto& row : kRows) {
        if (row.name != name || row.instead != instead) continue;
        Counterpart made{instead, why};
        std::copy_if(row.fixed.begin(), row.fixed.end(), std::back_inserter(made.fixed),
                     [](const Fixed& one) { return !one.parameter.empty(); });
        if (!row.renamed.first.empty()) made.renamed.push_back(row.renamed);
        if (!row.only_of.parameter.empty()) made.only_of = row.only_of;
        made.helps = row.helps;
        found.push_back(std::move(made));
    }
    return found;
}

/// True when every parameter that says what the call does has the name of one of the other call.
bool correspond(model::Arch from, std::string_view name, model::Arch to, std::string_view instead) {
    const auto theirs = model::parameters(from, name);
    const auto ours = model::parameters(to, instead);
    if (!theirs || !ours) return false;
    return std::all_of(ours->begin(), ours->end(), [&](const model::Parameter& one) {
        return model::is_address(one.kind) || one.name == "sigsetsize" ||
               std::any_of(theirs->begin(), theirs->end(), [&](const auto& other) { return other.name == one.name; });
    });
}

void add(std::vector<Counterpart>& all, model::Arch from, model::Arch to, std::string_view name,
         std::string_view instead, std::string_view why) {
    auto rows = rows_of(name, instead, why);
    if (rows.empty() && correspond(from, name, to, instead)) rows.push_back({instead, why});
    std::move(rows.begin(), rows.end(), std::back_inserter(all));
}

/// The calls that "ipc" and "socketcall" are.
std::vector<Counterpart> operations(model::Arch from, std::string_view multiplexer, const model::Equivalent& parts) {
    std::vector<Counterpart> all;
    for (const auto part : parts.names) {
        const auto known = model::subcall(from, part);
        if (!known || known->multiplexer != multiplexer) continue;
        all.push_back({part, parts.why});
        // Of ipc the upper half of the operation is a version (ipc(2)).
        all.back().only_of = Fixed{"call", known->operation, multiplexer == "ipc" ? 0xffffU : 0xffff'ffffU};
    }
    return all;
}

}  // namespace

std::vector<Counterpart> counterparts(model::Arch from, model::Arch to, std::string_view name) {
    std::vector<Counterpart> all;
    if (const auto instead = model::equivalent(to, name); instead && !model::subcall(to, name)) {
        if (name == "ipc" || name == "socketcall") return operations(from, name, *instead);
        for (const auto one : instead->names) add(all, from, to, name, one, instead->why);
    }
    for (const auto& [preferred_to, preferred] : kPreferred) {
        const bool is_chosen = name == "arch_prctl" || !model::table_number(from, preferred);
        if (preferred_to != name || !is_chosen || !model::table_number(to, preferred)) continue;
        add(all, from, to, name, preferred, kPrefers);
    }
    for (const auto suffix : kWideSuffixes) {
        const auto* wide = model::find_syscall(std::string{name}.append(suffix));
        if (wide == nullptr || !model::table_number(to, wide->name) || model::table_number(from, wide->name)) continue;
        add(all, from, to, name, wide->name, kPrefers);
    }
    return all;
}

}  // namespace callgate::profiles
