#include "profiles/risks.h"

#include <linux/audit.h>

#include <algorithm>
#include <array>
#include <utility>

// Numbers are those of include/uapi: linux/sched.h, linux/socket.h, asm-generic/ioctls.h, linux/personality.h,
// linux/stat.h. Why a call is here: seccomp in Docker's documentation ("Significant syscalls blocked by the default
// profile"), man 2 of the call, and the kernel's own documentation. What needs a capability says so: a program without
// it is refused by the kernel itself.

namespace callgate::profiles {

namespace {

using enum RiskClass;

/// Of an int: the kernel looks at these bits of the register.
constexpr std::uint64_t kInt = 0xffff'ffff;
constexpr std::uint64_t kNewUser = 0x1000'0000;
constexpr std::uint64_t kFileType = 0170000;
constexpr std::uint64_t kCharacterDevice = 0020000;
constexpr std::uint64_t kBlockDevice = 0060000;
constexpr std::uint64_t kReadImpliesExec = 0x40'0000;
constexpr std::uint64_t kNoRandomize = 0x4'0000;

constexpr std::string_view kUserNamespace =
    "makes a user namespace: every capability inside, and so kernel code that is meant for root alone";
constexpr std::string_view kMakesDevices = "makes a file that stands for a device (CAP_MKNOD)";

constexpr Risk kRisks[] = {
    {"bpf", kernel, 0, 0, 0, "loads programs into the kernel (CAP_BPF; some without)"},
    {"create_module", kernel, 0, 0, 0, "loads code into the kernel (CAP_SYS_MODULE, before Linux 2.6)"},
    {"delete_module", kernel, 0, 0, 0, "takes modules out of the kernel (CAP_SYS_MODULE)"},
    {"finit_module", kernel, 0, 0, 0, "loads code into the kernel (CAP_SYS_MODULE)"},
    {"init_module", kernel, 0, 0, 0, "loads code into the kernel (CAP_SYS_MODULE)"},
    {"kexec_file_load", kernel, 0, 0, 0, "replaces the running kernel (CAP_SYS_BOOT)"},
    {"kexec_load", kernel, 0, 0, 0, "replaces the running kernel (CAP_SYS_BOOT)"},
    {"perf_event_open", kernel, 0, 0, 0,
     "measures the kernel and other processes; a side channel with many past holes"},

    {"acct", host, 0, 0, 0, "switches process accounting (CAP_SYS_PACCT)"},
    {"adjtimex", host, 0, 0, 0, "changes the clock of the host (CAP_SYS_TIME)"},
    {"clock_adjtime", host, 0, 0, 0, "changes the clock of the host (CAP_SYS_TIME)"},
    {"clock_settime", host, 0, 0, 0, "sets the clock of the host (CAP_SYS_TIME)"},
    {"quotactl", host, 0, 0, 0, "changes disk quotas (CAP_SYS_ADMIN)"},
    {"quotactl_fd", host, 0, 0, 0, "changes disk quotas (CAP_SYS_ADMIN)"},
    {"reboot", host, 0, 0, 0, "stops or restarts the host (CAP_SYS_BOOT)"},
    {"settimeofday", host, 0, 0, 0, "sets the clock of the host (CAP_SYS_TIME)"},
    {"stime", host, 0, 0, 0, "sets the clock of the host (CAP_SYS_TIME)"},
    {"swapoff", host, 0, 0, 0, "takes swap space from the host (CAP_SYS_ADMIN)"},
    {"swapon", host, 0, 0, 0, "makes a file the swap space of the host (CAP_SYS_ADMIN)"},
    {"syslog", host, 0, 0, 0, "reads and clears the kernel's log, which shows addresses and other workloads"},

    {"clone3", bypass, 0, 0, 0, "takes its flags from memory, where no filter sees them: also CLONE_NEWUSER"},
    {"io_uring_enter", bypass, 0, 0, 0, "opens, reads, connects and more without a system call that a filter sees"},
    {"io_uring_register", bypass, 0, 0, 0, "prepares work that no filter sees, through io_uring"},
    {"io_uring_setup", bypass, 0, 0, 0, "opens, reads, connects and more without a system call that a filter sees"},
    {"ipc", bypass, 0, 0, 0, "is several calls in one, whose arguments stand in memory in part"},
    {"modify_ldt", bypass, 0, 0, 0, "changes segments of the processor: code that little else reaches"},
    {"open_by_handle_at", bypass, 0, 0, 0,
     "opens any file of a mounted file system, outside of the container too (CAP_DAC_READ_SEARCH)"},
    {"personality", bypass, 0, kReadImpliesExec, kReadImpliesExec, "makes all readable memory executable"},
    {"personality", bypass, 0, kNoRandomize, kNoRandomize, "switches the randomisation of addresses off"},
    {"socketcall", bypass, 0, 0, 0, "takes its arguments from memory, where no filter sees them: also the family"},
    {"vm86", bypass, 0, 0, 0, "changes the mode of the processor: code that little else reaches"},
    {"vm86old", bypass, 0, 0, 0, "changes the mode of the processor: code that little else reaches"},

    {"chroot", mounts, 0, 0, 0, "changes the root, and with it the way out of another one (CAP_SYS_CHROOT)"},
    {"fsconfig", mounts, 0, 0, 0, "mounts file systems (CAP_SYS_ADMIN, also of a user namespace)"},
    {"fsmount", mounts, 0, 0, 0, "mounts file systems (CAP_SYS_ADMIN, also of a user namespace)"},
    {"fsopen", mounts, 0, 0, 0, "mounts file systems (CAP_SYS_ADMIN, also of a user namespace)"},
    {"fspick", mounts, 0, 0, 0, "changes mounts (CAP_SYS_ADMIN, also of a user namespace)"},
    {"mount", mounts, 0, 0, 0,
     "mounts file systems, over protected files too (CAP_SYS_ADMIN, also of a user namespace)"},
    {"mount_setattr", mounts, 0, 0, 0, "makes read-only mounts writable (CAP_SYS_ADMIN, also of a user namespace)"},
    {"move_mount", mounts, 0, 0, 0, "moves mounts, over protected files too (CAP_SYS_ADMIN, also of a user namespace)"},
    {"open_tree", mounts, 0, 0, 0, "copies mounts (CAP_SYS_ADMIN, also of a user namespace)"},
    {"pivot_root", mounts, 0, 0, 0, "replaces the root of all processes in a namespace (CAP_SYS_ADMIN)"},
    {"umount", mounts, 0, 0, 0, "takes mounts away that hide files (CAP_SYS_ADMIN)"},
    {"umount2", mounts, 0, 0, 0, "takes mounts away that hide files (CAP_SYS_ADMIN)"},

    {"clone", namespaces, 0, kNewUser, kNewUser, kUserNamespace},
    {"setns", namespaces, 0, 0, 0, "enters the namespaces of other processes (CAP_SYS_ADMIN)"},
    {"unshare", namespaces, 0, kNewUser, kNewUser, kUserNamespace},

    {"kcmp", processes, 0, 0, 0, "compares kernel objects of other processes, which helps to find addresses"},
    {"pidfd_getfd", processes, 0, 0, 0, "takes open files from processes that it may trace"},
    {"process_madvise", processes, 0, 0, 0, "takes memory from processes that it may trace"},
    {"process_vm_readv", processes, 0, 0, 0, "reads memory of processes that it may trace"},
    {"process_vm_writev", processes, 0, 0, 0, "writes memory of processes that it may trace"},
    {"ptrace", processes, 0, 0, 0, "controls other processes of its user; before Linux 4.8 a way around filters"},

    {"ioperm", devices, 0, 0, 0, "reaches ports of the hardware (CAP_SYS_RAWIO)"},
    {"iopl", devices, 0, 0, 0, "reaches ports of the hardware (CAP_SYS_RAWIO)"},
    {"mknod", devices, 1, kFileType, kCharacterDevice, kMakesDevices},
    {"mknod", devices, 1, kFileType, kBlockDevice, kMakesDevices},
    {"mknodat", devices, 2, kFileType, kCharacterDevice, kMakesDevices},
    {"mknodat", devices, 2, kFileType, kBlockDevice, kMakesDevices},

    {"ioctl", terminal, 1, kInt, 0x5412, "types into the terminal, for whoever reads it next (TIOCSTI)"},
    {"ioctl", terminal, 1, kInt, 0x541c, "pastes into the console, for whoever reads it next (TIOCLINUX)"},

    {"add_key", surface, 0, 0, 0, "uses keyrings of the kernel, which containers share"},
    {"fanotify_init", surface, 0, 0, 0, "watches, and may hold up, what others do with files"},
    {"keyctl", surface, 0, 0, 0, "uses keyrings of the kernel, which containers share"},
    {"lookup_dcookie", surface, 0, 0, 0, "asks the kernel for paths of other processes (CAP_SYS_ADMIN)"},
    {"move_pages", surface, 0, 0, 0, "moves memory of processes that it may trace"},
    {"nfsservctl", surface, 0, 0, 0, "talks to the NFS server in the kernel (before Linux 3.1)"},
    {"request_key", surface, 0, 0, 0, "uses keyrings of the kernel, which containers share"},
    {"socket", surface, 0, kInt, 38, "reaches the kernel's crypto code and the modules that it loads (AF_ALG)"},
    {"socket", surface, 0, kInt, 15, "reaches the kernel's key management for IPsec (AF_KEY, CAP_NET_ADMIN)"},
    {"socket", surface, 0, kInt, 17, "reads and forges all traffic of the network namespace (AF_PACKET, CAP_NET_RAW)"},
    {"socket", surface, 0, kInt, 21, "has the kernel load a module that few use (AF_RDS)"},
    {"socket", surface, 0, kInt, 30, "has the kernel load a module that few use (AF_TIPC)"},
    {"socket", surface, 0, kInt, 40, "talks to the hypervisor or to guests, past network namespaces (AF_VSOCK)"},
    {"uselib", surface, 0, 0, 0, "loads libraries the old way: code that nothing uses"},
    {"userfaultfd", surface, 0, 0, 0, "stops the kernel at a page of its choice, which wins races inside of it"},
    {"vmsplice", surface, 0, 0, 0, "gives pages of memory to pipes: code with past holes"},
};

}  // namespace

std::span<const Risk> risks() {
    return kRisks;
}

unsigned argument_of(const Risk& risk, model::Arch arch) {
    const bool backwards = arch == model::Arch{AUDIT_ARCH_S390} || arch == model::Arch{AUDIT_ARCH_S390X};
    return backwards && risk.syscall == "clone" ? 1 - risk.argument : risk.argument;  // CONFIG_CLONE_BACKWARDS2
}

bpf::Condition condition_of(const Risk& risk, model::Arch arch) {
    if (risk.mask == 0) return {{{}}};
    const auto field = static_cast<bpf::Field>(argument_of(risk, arch));
    std::vector<bpf::Test> tests{{field, risk.mask, {{risk.value, risk.value}}, false}};
    // personality(0xffffffff) only asks (personality(2)).
    if (risk.syscall == "personality") tests.push_back({field, kInt, {{kInt, kInt}}, true});
    return {{std::move(tests)}};
}

std::vector<const Risk*> risks_of(std::string_view syscall) {
    std::vector<const Risk*> found;
    for (const auto& risk : kRisks) {
        if (risk.syscall == syscall) found.push_back(&risk);
    }
    std::stable_partition(found.begin(), found.end(), [](const Risk* risk) { return risk->mask != 0; });
    return found;
}

std::string_view name_of(RiskClass reaches) {
    switch (reaches) {
        case kernel:
            return "kernel";
        case host:
            return "host";
        case bypass:
            return "bypass";
        case mounts:
            return "mounts";
        case namespaces:
            return "namespaces";
        case processes:
            return "processes";
        case devices:
            return "devices";
        case terminal:
            return "terminal";
        case surface:
            return "surface";
    }
    return "surface";
}

std::span<const RiskClass> risk_classes() {
    static constexpr std::array kClasses{kernel,    host,    bypass,   mounts, namespaces,
                                         processes, devices, terminal, surface};
    return kClasses;
}

std::optional<RiskClass> class_named(std::string_view name) {
    for (const auto reaches : risk_classes()) {
        if (name_of(reaches) == name) return reaches;
    }
    return std::nullopt;
}

}  // namespace callgate::profiles
