#include "harness/model/syscall_equivalents.h"

#include "harness/model/syscall_table.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace callgate::model {

namespace {

struct Row {
    std::string_view name;
    std::string_view
        instead;  // alternatives separated by '|', the calls of each by a space; the first that exists counts
    std::string_view why;
};

constexpr std::string_view kAt = "the C library calls the form with a directory, AT_FDCWD";
constexpr std::string_view kFlags = "the C library calls the form with flags, 0";
constexpr std::string_view kWide = "the call without the number in its name has wide arguments there";
constexpr std::string_view kRealtime = "the C library calls the form for real-time signals";
constexpr std::string_view kStat = "the C library calls the form with a directory, and newer ones statx";
constexpr std::string_view kNever = "no kernel ever implemented it";
constexpr std::string_view kModules = "modules are linked in the kernel since Linux 2.6";
constexpr std::string_view kThreadPointer =
    "the thread pointer is a register that programs write without a system call";
constexpr std::string_view kPorts = "only x86 has I/O ports";
constexpr std::string_view kPower = "only PowerPC has it";
constexpr std::string_view kS390 = "only s390 has it";
constexpr std::string_view kArm = "only 32-bit ARM has it";
constexpr std::string_view kMips = "only MIPS has it";
constexpr std::string_view kRiscv = "only RISC-V has it";
constexpr std::string_view kTrampoline = "only the kernel's own trampoline on x86_64 calls it";
constexpr std::string_view kOldStat = "the C library calls newer forms since Linux 2.0";
constexpr std::string_view kCaches = "programs flush caches by instructions";
constexpr std::string_view kV86 = "only 32-bit x86 has virtual 8086 mode";

constexpr Row kRows[] = {
    {"_llseek", "lseek", kWide},
    {"_newselect", "pselect6", "the C library calls the form with a signal mask"},
    {"_sysctl", "", "gone in Linux 5.5; programs read and write /proc/sys"},
    {"accept", "accept4|socketcall", kFlags},
    {"access", "faccessat", kAt},
    {"afs_syscall", "", kNever},
    {"alarm", "setitimer", "the C library sets ITIMER_REAL"},
    {"arch_prctl", "", kThreadPointer},
    {"arm_fadvise64_64", "fadvise64|fadvise64_64", "the order of the arguments is ARM's own"},
    {"arm_sync_file_range", "sync_file_range|sync_file_range2", "the order of the arguments is ARM's own"},
    {"bdflush", "", "did nothing since Linux 2.6, gone in 5.15"},
    {"break", "", kNever},
    {"breakpoint", "", kArm},
    {"cachectl", "", kMips},
    {"cacheflush", "", kCaches},
    {"chmod", "fchmodat", kAt},
    {"chown", "fchownat", kAt},
    {"chown32", "chown|fchownat", kWide},
    {"clock_adjtime64", "clock_adjtime", kWide},
    {"clock_getres_time64", "clock_getres", kWide},
    {"clock_gettime64", "clock_gettime", kWide},
    {"clock_nanosleep_time64", "clock_nanosleep", kWide},
    {"clock_settime64", "clock_settime", kWide},
    {"creat", "openat", "the C library calls openat with O_CREAT, O_WRONLY and O_TRUNC"},
    {"create_module", "", kModules},
    {"dup2", "dup3 fcntl", "the C library calls dup3, and fcntl where both descriptors are the same"},
    {"epoll_create", "epoll_create1", kFlags},
    {"epoll_ctl_old", "", kNever},
    {"epoll_wait", "epoll_pwait", "the C library calls the form with a signal mask"},
    {"epoll_wait_old", "", kNever},
    {"eventfd", "eventfd2", kFlags},
    {"fadvise64", "fadvise64_64|arm_fadvise64_64", "the architecture has the form with two wide arguments only"},
    {"fadvise64_64", "fadvise64|arm_fadvise64_64", kWide},
    {"fchown32", "fchown", kWide},
    {"fcntl64", "fcntl", kWide},
    {"fork", "clone", "the C library calls clone with SIGCHLD"},
    {"fstat64", "fstat", kWide},
    {"fstatat64", "newfstatat", kWide},
    {"fstatfs64", "fstatfs", kWide},
    {"ftime", "", kNever},
    {"ftruncate64", "ftruncate", kWide},
    {"futex_time64", "futex", kWide},
    {"futimesat", "utimensat", "the C library calls the form for nanoseconds"},
    {"get_kernel_syms", "", kModules},
    {"get_thread_area", "", kThreadPointer},
    {"get_tls", "", kThreadPointer},
    {"getdents", "getdents64", "the C library calls the form with wide inode numbers"},
    {"getegid32", "getegid", kWide},
    {"geteuid32", "geteuid", kWide},
    {"getgid32", "getgid", kWide},
    {"getgroups32", "getgroups", kWide},
    {"getpgrp", "getpgid", "the C library calls getpgid with 0"},
    {"getpmsg", "", kNever},
    {"getresgid32", "getresgid", kWide},
    {"getresuid32", "getresuid", kWide},
    {"getuid32", "getuid", kWide},
    {"gtty", "", kNever},
    {"idle", "", "gone since Linux 2.4"},
    {"inotify_init", "inotify_init1", kFlags},
    {"io_pgetevents_time64", "io_pgetevents", kWide},
    {"ioperm", "", kPorts},
    {"iopl", "", kPorts},
    {"ipc", "semget semctl semop semtimedop msgget msgctl msgsnd msgrcv shmget shmctl shmat shmdt",
     "each operation is a call of its own"},
    {"kexec_file_load", "kexec_load", "the architecture has the older call only"},
    {"lchown", "fchownat", "the C library calls the form with a directory, AT_FDCWD, and AT_SYMLINK_NOFOLLOW"},
    {"lchown32", "lchown|fchownat", kWide},
    {"link", "linkat", kAt},
    {"lock", "", kNever},
    {"lstat", "newfstatat statx|fstatat64 statx", kStat},
    {"lstat64", "newfstatat statx", kStat},
    {"mkdir", "mkdirat", kAt},
    {"mknod", "mknodat", kAt},
    {"mmap", "mmap2", "the architecture has the form with an offset in pages only"},
    {"mmap2", "mmap", kWide},
    {"modify_ldt", "", "only x86 has segments"},
    {"mpx", "", kNever},
    {"mq_timedreceive_time64", "mq_timedreceive", kWide},
    {"mq_timedsend_time64", "mq_timedsend", kWide},
    {"multiplexer", "", kNever},
    {"newfstatat", "fstatat64", "32-bit architectures have the call under this name"},
    {"nfsservctl", "", "gone in Linux 3.1"},
    {"nice", "getpriority setpriority", "the C library calls these two"},
    {"oldfstat", "fstat", kOldStat},
    {"oldlstat", "newfstatat", kOldStat},
    {"oldolduname", "uname", kOldStat},
    {"oldstat", "newfstatat", kOldStat},
    {"olduname", "uname", kOldStat},
    {"open", "openat", kAt},
    {"pause", "ppoll", "the C library waits for no descriptor"},
    {"pciconfig_iobase", "", "programs read /proc/bus/pci"},
    {"pciconfig_read", "", "programs read /proc/bus/pci"},
    {"pciconfig_write", "", "programs write /proc/bus/pci"},
    {"pipe", "pipe2", kFlags},
    {"poll", "ppoll", "the C library calls the form with a signal mask"},
    {"ppoll_time64", "ppoll", kWide},
    {"prof", "", kNever},
    {"profil", "", kNever},
    {"pselect6_time64", "pselect6", kWide},
    {"putpmsg", "", kNever},
    {"query_module", "", kModules},
    {"readdir", "getdents64", "the C library reads many entries at once"},
    {"readlink", "readlinkat", kAt},
    {"recv", "recvfrom", "the C library calls the form with an address, NULL"},
    {"recvmmsg_time64", "recvmmsg", kWide},
    {"rename", "renameat|renameat2", kAt},
    {"renameat", "renameat2", kFlags},
    {"riscv_flush_icache", "", kRiscv},
    {"riscv_hwprobe", "", kRiscv},
    {"rmdir", "unlinkat", "the C library calls the form with a directory, AT_FDCWD, and AT_REMOVEDIR"},
    {"rt_sigtimedwait_time64", "rt_sigtimedwait", kWide},
    {"rtas", "", kPower},
    {"s390_guarded_storage", "", kS390},
    {"s390_pci_mmio_read", "", kS390},
    {"s390_pci_mmio_write", "", kS390},
    {"s390_runtime_instr", "", kS390},
    {"s390_sthyi", "", kS390},
    {"sched_rr_get_interval_time64", "sched_rr_get_interval", kWide},
    {"security", "", kNever},
    {"select", "pselect6|_newselect", "the C library calls the form with a signal mask"},
    {"semop", "semtimedop|ipc", "the C library calls the form with a time limit, NULL, or ipc"},
    {"semtimedop", "semtimedop_time64|ipc", "the architecture has the form with 64-bit times only"},
    {"semtimedop_time64", "semtimedop", kWide},
    {"send", "sendto", "the C library calls the form with an address, NULL"},
    {"sendfile64", "sendfile", kWide},
    {"set_thread_area", "", kThreadPointer},
    {"set_tls", "", kThreadPointer},
    {"setfsgid32", "setfsgid", kWide},
    {"setfsuid32", "setfsuid", kWide},
    {"setgid32", "setgid", kWide},
    {"setgroups32", "setgroups", kWide},
    {"setregid32", "setregid", kWide},
    {"setresgid32", "setresgid", kWide},
    {"setresuid32", "setresuid", kWide},
    {"setreuid32", "setreuid", kWide},
    {"setuid32", "setuid", kWide},
    {"sgetmask", "rt_sigprocmask", kRealtime},
    {"sigaction", "rt_sigaction", kRealtime},
    {"signal", "rt_sigaction", kRealtime},
    {"signalfd", "signalfd4", kFlags},
    {"sigpending", "rt_sigpending", kRealtime},
    {"sigprocmask", "rt_sigprocmask", kRealtime},
    {"sigreturn", "rt_sigreturn", kRealtime},
    {"sigsuspend", "rt_sigsuspend", kRealtime},
    {"socketcall",
     "socket socketpair bind connect listen accept accept4 getsockname getpeername getsockopt setsockopt sendto "
     "sendmsg "
     "sendmmsg recvfrom recvmsg recvmmsg shutdown",
     "each operation is a call of its own"},
    {"spu_create", "", kPower},
    {"spu_run", "", kPower},
    {"ssetmask", "rt_sigprocmask", kRealtime},
    {"stat", "newfstatat statx|fstatat64 statx", kStat},
    {"stat64", "newfstatat statx", kStat},
    {"statfs64", "statfs", kWide},
    {"stime", "clock_settime", "the C library sets CLOCK_REALTIME"},
    {"stty", "", kNever},
    {"subpage_prot", "", kPower},
    {"swapcontext", "", "the C library swaps contexts without a system call"},
    {"switch_endian", "", kPower},
    {"symlink", "symlinkat", kAt},
    {"sync_file_range", "sync_file_range2|arm_sync_file_range",
     "the arguments are in an order that suits register pairs"},
    {"sync_file_range2", "sync_file_range", "the arguments are in the usual order there"},
    {"sys_debug_setcontext", "", kPower},
    {"syscall", "", kMips},
    {"sysfs", "", "programs read /proc/filesystems"},
    {"sysmips", "", kMips},
    {"time", "clock_gettime gettimeofday", "the C library reads CLOCK_REALTIME, mostly without a system call"},
    {"timer_gettime64", "timer_gettime", kWide},
    {"timer_settime64", "timer_settime", kWide},
    {"timerfd", "timerfd_create timerfd_settime", "gone in Linux 2.6.25, where these two came"},
    {"timerfd_gettime64", "timerfd_gettime", kWide},
    {"timerfd_settime64", "timerfd_settime", kWide},
    {"truncate64", "truncate", kWide},
    {"tuxcall", "", kNever},
    {"ugetrlimit", "getrlimit prlimit64", "the limits are wide there; newer C libraries call prlimit64"},
    {"ulimit", "", kNever},
    {"umount", "umount2", kFlags},
    {"unlink", "unlinkat", kAt},
    {"uprobe", "", kTrampoline},
    {"uretprobe", "", kTrampoline},
    {"uselib", "", "no loader of ELF programs uses it"},
    {"usr26", "", kArm},
    {"usr32", "", kArm},
    {"ustat", "statfs", "does part of it: free blocks and inodes of a path, not of a device"},
    {"utime", "utimensat", "the C library calls the form for nanoseconds"},
    {"utimensat_time64", "utimensat", kWide},
    {"utimes", "utimensat", "the C library calls the form for nanoseconds"},
    {"vfork", "clone", "the C library calls clone with CLONE_VFORK, CLONE_VM and SIGCHLD"},
    {"vm86", "", kV86},
    {"vm86old", "", kV86},
    {"vserver", "", kNever},
    {"waitpid", "wait4", "the C library calls the form that tells the usage of resources, NULL"},
};

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::vector<std::string_view> on(Arch arch, std::string_view alternatives) {
    for (const auto alternative : split(alternatives, '|')) {
        auto names = split(alternative, ' ');
        const bool all =
            std::all_of(names.begin(), names.end(), [&](auto name) { return table_number(arch, name).has_value(); });
        if (all) return names;
    }
    return {};
}

}  // namespace

std::optional<Equivalent> equivalent(Arch arch, std::string_view name) {
    const auto* row = std::lower_bound(std::begin(kRows), std::end(kRows), name,
                                       [](const Row& one, std::string_view wanted) { return one.name < wanted; });
    if (row == std::end(kRows) || row->name != name || table_number(arch, name)) return std::nullopt;
    auto names = on(arch, row->instead);
    if (names.empty() && !row->instead.empty()) return std::nullopt;
    return Equivalent{std::move(names), row->why};
}

std::vector<std::string_view> calls_with_equivalents() {
    std::vector<std::string_view> names;
    for (const auto& row : kRows) names.push_back(row.name);
    return names;
}

}  // namespace callgate::model
