#include "harness/decode/names.h"

#include <linux/capability.h>
#include <linux/kcmp.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <linux/wait.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/resource.h>

// By value: what is younger than Linux 5.15, and kernel numbers that the C library spells otherwise.

namespace callgate::decode {

namespace {

// The numbers of x86 and arm (signal(7)); 32 and above have no names of their own.
constexpr Name kSignalNames[] = {
    {SIGHUP, "SIGHUP"},       {SIGINT, "SIGINT"},   {SIGQUIT, "SIGQUIT"},   {SIGILL, "SIGILL"},   {SIGTRAP, "SIGTRAP"},
    {SIGABRT, "SIGABRT"},     {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},     {SIGKILL, "SIGKILL"}, {SIGUSR1, "SIGUSR1"},
    {SIGSEGV, "SIGSEGV"},     {SIGUSR2, "SIGUSR2"}, {SIGPIPE, "SIGPIPE"},   {SIGALRM, "SIGALRM"}, {SIGTERM, "SIGTERM"},
    {SIGSTKFLT, "SIGSTKFLT"}, {SIGCHLD, "SIGCHLD"}, {SIGCONT, "SIGCONT"},   {SIGSTOP, "SIGSTOP"}, {SIGTSTP, "SIGTSTP"},
    {SIGTTIN, "SIGTTIN"},     {SIGTTOU, "SIGTTOU"}, {SIGURG, "SIGURG"},     {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"},
    {SIGVTALRM, "SIGVTALRM"}, {SIGPROF, "SIGPROF"}, {SIGWINCH, "SIGWINCH"}, {SIGIO, "SIGIO"},     {SIGPWR, "SIGPWR"},
    {SIGSYS, "SIGSYS"},
};
constexpr Name kSignalMaskHowNames[] = {
    {SIG_BLOCK, "SIG_BLOCK"},
    {SIG_UNBLOCK, "SIG_UNBLOCK"},
    {SIG_SETMASK, "SIG_SETMASK"},
};
constexpr Name kCloneFlagNames[] = {
    {CLONE_VM, "CLONE_VM"},
    {CLONE_FS, "CLONE_FS"},
    {CLONE_FILES, "CLONE_FILES"},
    {CLONE_SIGHAND, "CLONE_SIGHAND"},
    {CLONE_PIDFD, "CLONE_PIDFD"},
    {CLONE_PTRACE, "CLONE_PTRACE"},
    {CLONE_VFORK, "CLONE_VFORK"},
    {CLONE_PARENT, "CLONE_PARENT"},
    {CLONE_THREAD, "CLONE_THREAD"},
    {CLONE_NEWNS, "CLONE_NEWNS"},
    {CLONE_SYSVSEM, "CLONE_SYSVSEM"},
    {CLONE_SETTLS, "CLONE_SETTLS"},
    {CLONE_PARENT_SETTID, "CLONE_PARENT_SETTID"},
    {CLONE_CHILD_CLEARTID, "CLONE_CHILD_CLEARTID"},
    {CLONE_DETACHED, "CLONE_DETACHED"},
    {CLONE_UNTRACED, "CLONE_UNTRACED"},
    {CLONE_CHILD_SETTID, "CLONE_CHILD_SETTID"},
    {CLONE_NEWCGROUP, "CLONE_NEWCGROUP"},
    {CLONE_NEWUTS, "CLONE_NEWUTS"},
    {CLONE_NEWIPC, "CLONE_NEWIPC"},
    {CLONE_NEWUSER, "CLONE_NEWUSER"},
    {CLONE_NEWPID, "CLONE_NEWPID"},
    {CLONE_NEWNET, "CLONE_NEWNET"},
    {CLONE_IO, "CLONE_IO"},
};
constexpr Name kClone3FlagNames[] = {
    {CLONE_NEWTIME, "CLONE_NEWTIME"},
    {CLONE_VM, "CLONE_VM"},
    {CLONE_FS, "CLONE_FS"},
    {CLONE_FILES, "CLONE_FILES"},
    {CLONE_SIGHAND, "CLONE_SIGHAND"},
    {CLONE_PIDFD, "CLONE_PIDFD"},
    {CLONE_PTRACE, "CLONE_PTRACE"},
    {CLONE_VFORK, "CLONE_VFORK"},
    {CLONE_PARENT, "CLONE_PARENT"},
    {CLONE_THREAD, "CLONE_THREAD"},
    {CLONE_NEWNS, "CLONE_NEWNS"},
    {CLONE_SYSVSEM, "CLONE_SYSVSEM"},
    {CLONE_SETTLS, "CLONE_SETTLS"},
    {CLONE_PARENT_SETTID, "CLONE_PARENT_SETTID"},
    {CLONE_CHILD_CLEARTID, "CLONE_CHILD_CLEARTID"},
    {CLONE_DETACHED, "CLONE_DETACHED"},
    {CLONE_UNTRACED, "CLONE_UNTRACED"},
    {CLONE_CHILD_SETTID, "CLONE_CHILD_SETTID"},
    {CLONE_NEWCGROUP, "CLONE_NEWCGROUP"},
    {CLONE_NEWUTS, "CLONE_NEWUTS"},
    {CLONE_NEWIPC, "CLONE_NEWIPC"},
    {CLONE_NEWUSER, "CLONE_NEWUSER"},
    {CLONE_NEWPID, "CLONE_NEWPID"},
    {CLONE_NEWNET, "CLONE_NEWNET"},
    {CLONE_IO, "CLONE_IO"},
    {CLONE_CLEAR_SIGHAND, "CLONE_CLEAR_SIGHAND"},
    {CLONE_INTO_CGROUP, "CLONE_INTO_CGROUP"},
};
constexpr Name kNamespaceTypeNames[] = {
    {CLONE_FS, "CLONE_FS"},
    {CLONE_FILES, "CLONE_FILES"},
    {CLONE_NEWNS, "CLONE_NEWNS"},
    {CLONE_SYSVSEM, "CLONE_SYSVSEM"},
    {CLONE_NEWCGROUP, "CLONE_NEWCGROUP"},
    {CLONE_NEWUTS, "CLONE_NEWUTS"},
    {CLONE_NEWIPC, "CLONE_NEWIPC"},
    {CLONE_NEWUSER, "CLONE_NEWUSER"},
    {CLONE_NEWPID, "CLONE_NEWPID"},
    {CLONE_NEWNET, "CLONE_NEWNET"},
    {CLONE_VM, "CLONE_VM"},
    {CLONE_SIGHAND, "CLONE_SIGHAND"},
    {CLONE_THREAD, "CLONE_THREAD"},
    {CLONE_NEWTIME, "CLONE_NEWTIME"},
};
constexpr Name kWaitFlagNames[] = {{WNOHANG, "WNOHANG"},       {WUNTRACED, "WUNTRACED"}, {WEXITED, "WEXITED"},
                                   {WCONTINUED, "WCONTINUED"}, {WNOWAIT, "WNOWAIT"},     {__WNOTHREAD, "__WNOTHREAD"},
                                   {0x80000000, "__WCLONE"},   {0x40000000, "__WALL"}};
constexpr Name kIdTypeNames[] = {{0, "P_ALL"}, {1, "P_PID"}, {2, "P_PGID"}, {3, "P_PIDFD"}};
// include/uapi/linux/pidfd.h; PIDFD_THREAD since Linux 6.9
constexpr Name kPidfdFlagNames[] = {{04000, "PIDFD_NONBLOCK"}, {0200, "PIDFD_THREAD"}};
constexpr Name kSchedulerNames[] = {
    {0, "SCHED_OTHER", 0xff}, {1, "SCHED_FIFO", 0xff},
    {2, "SCHED_RR", 0xff},    {3, "SCHED_BATCH", 0xff},
    {5, "SCHED_IDLE", 0xff},  {6, "SCHED_DEADLINE", 0xff},
    {7, "SCHED_EXT", 0xff},   {SCHED_RESET_ON_FORK, "SCHED_RESET_ON_FORK"},
};
constexpr Name kPriorityWhichNames[] = {
    {PRIO_PROCESS, "PRIO_PROCESS"},
    {PRIO_PGRP, "PRIO_PGRP"},
    {PRIO_USER, "PRIO_USER"},
};
// include/uapi/linux/ioprio.h
constexpr Name kIoPriorityWhichNames[] = {{1, "IOPRIO_WHO_PROCESS"}, {2, "IOPRIO_WHO_PGRP"}, {3, "IOPRIO_WHO_USER"}};
// <sys/resource.h> wraps them in enumerators, some by another name.
constexpr Name kResourceNames[] = {
    {0, "RLIMIT_CPU"},       {1, "RLIMIT_FSIZE"}, {2, "RLIMIT_DATA"},    {3, "RLIMIT_STACK"},
    {4, "RLIMIT_CORE"},      {5, "RLIMIT_RSS"},   {6, "RLIMIT_NPROC"},   {7, "RLIMIT_NOFILE"},
    {8, "RLIMIT_MEMLOCK"},   {9, "RLIMIT_AS"},    {10, "RLIMIT_LOCKS"},  {11, "RLIMIT_SIGPENDING"},
    {12, "RLIMIT_MSGQUEUE"}, {13, "RLIMIT_NICE"}, {14, "RLIMIT_RTPRIO"}, {15, "RLIMIT_RTTIME"}};
constexpr Name kUsageWhoNames[] = {{0, "RUSAGE_SELF"}, {0xffffffff, "RUSAGE_CHILDREN"}, {1, "RUSAGE_THREAD"}};
constexpr Name kCapabilityNames[] = {
    {CAP_CHOWN, "CAP_CHOWN"},
    {CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE"},
    {CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH"},
    {CAP_FOWNER, "CAP_FOWNER"},
    {CAP_FSETID, "CAP_FSETID"},
    {CAP_KILL, "CAP_KILL"},
    {CAP_SETGID, "CAP_SETGID"},
    {CAP_SETUID, "CAP_SETUID"},
    {CAP_SETPCAP, "CAP_SETPCAP"},
    {CAP_LINUX_IMMUTABLE, "CAP_LINUX_IMMUTABLE"},
    {CAP_NET_BIND_SERVICE, "CAP_NET_BIND_SERVICE"},
    {CAP_NET_BROADCAST, "CAP_NET_BROADCAST"},
    {CAP_NET_ADMIN, "CAP_NET_ADMIN"},
    {CAP_NET_RAW, "CAP_NET_RAW"},
    {CAP_IPC_LOCK, "CAP_IPC_LOCK"},
    {CAP_IPC_OWNER, "CAP_IPC_OWNER"},
    {CAP_SYS_MODULE, "CAP_SYS_MODULE"},
    {CAP_SYS_RAWIO, "CAP_SYS_RAWIO"},
    {CAP_SYS_CHROOT, "CAP_SYS_CHROOT"},
    {CAP_SYS_PTRACE, "CAP_SYS_PTRACE"},
    {CAP_SYS_PACCT, "CAP_SYS_PACCT"},
    {CAP_SYS_ADMIN, "CAP_SYS_ADMIN"},
    {CAP_SYS_BOOT, "CAP_SYS_BOOT"},
    {CAP_SYS_NICE, "CAP_SYS_NICE"},
    {CAP_SYS_RESOURCE, "CAP_SYS_RESOURCE"},
    {CAP_SYS_TIME, "CAP_SYS_TIME"},
    {CAP_SYS_TTY_CONFIG, "CAP_SYS_TTY_CONFIG"},
    {CAP_MKNOD, "CAP_MKNOD"},
    {CAP_LEASE, "CAP_LEASE"},
    {CAP_AUDIT_WRITE, "CAP_AUDIT_WRITE"},
    {CAP_AUDIT_CONTROL, "CAP_AUDIT_CONTROL"},
    {CAP_SETFCAP, "CAP_SETFCAP"},
    {CAP_MAC_OVERRIDE, "CAP_MAC_OVERRIDE"},
    {CAP_MAC_ADMIN, "CAP_MAC_ADMIN"},
    {CAP_SYSLOG, "CAP_SYSLOG"},
    {CAP_WAKE_ALARM, "CAP_WAKE_ALARM"},
    {CAP_BLOCK_SUSPEND, "CAP_BLOCK_SUSPEND"},
    {CAP_AUDIT_READ, "CAP_AUDIT_READ"},
    {CAP_PERFMON, "CAP_PERFMON"},
    {CAP_BPF, "CAP_BPF"},
    {CAP_CHECKPOINT_RESTORE, "CAP_CHECKPOINT_RESTORE"},
};
constexpr Name kPersonalityNames[] = {
    // personality(2): asks for the present one and changes nothing.
    {0xffffffff, "0xffffffff"},
    {0, "PER_LINUX", 0xff},
    {PER_LINUX32, "PER_LINUX32", 0xff},
    {PER_BSD, "PER_BSD", 0xff},
    {UNAME26, "UNAME26"},
    {ADDR_NO_RANDOMIZE, "ADDR_NO_RANDOMIZE"},
    {MMAP_PAGE_ZERO, "MMAP_PAGE_ZERO"},
    {ADDR_COMPAT_LAYOUT, "ADDR_COMPAT_LAYOUT"},
    {READ_IMPLIES_EXEC, "READ_IMPLIES_EXEC"},
    {ADDR_LIMIT_32BIT, "ADDR_LIMIT_32BIT"},
    {SHORT_INODE, "SHORT_INODE"},
    {WHOLE_SECONDS, "WHOLE_SECONDS"},
    {STICKY_TIMEOUTS, "STICKY_TIMEOUTS"},
    {ADDR_LIMIT_3GB, "ADDR_LIMIT_3GB"},
};
constexpr Name kCompareTypeNames[] = {
    {KCMP_FILE, "KCMP_FILE"},       {KCMP_VM, "KCMP_VM"},
    {KCMP_FILES, "KCMP_FILES"},     {KCMP_FS, "KCMP_FS"},
    {KCMP_SIGHAND, "KCMP_SIGHAND"}, {KCMP_IO, "KCMP_IO"},
    {KCMP_SYSVSEM, "KCMP_SYSVSEM"}, {KCMP_EPOLL_TFD, "KCMP_EPOLL_TFD"},
};
// include/linux/sched/coredump.h
constexpr Name kDumpableNames[] = {{0, "SUID_DUMP_DISABLE"}, {1, "SUID_DUMP_USER"}, {2, "SUID_DUMP_ROOT"}};
constexpr Name kSeccompModeNames[] = {
    {SECCOMP_MODE_DISABLED, "SECCOMP_MODE_DISABLED"},
    {SECCOMP_MODE_STRICT, "SECCOMP_MODE_STRICT"},
    {SECCOMP_MODE_FILTER, "SECCOMP_MODE_FILTER"},
};
constexpr Name kSecureBitNames[] = {
    {SECBIT_NOROOT, "SECBIT_NOROOT"},
    {SECBIT_NOROOT_LOCKED, "SECBIT_NOROOT_LOCKED"},
    {SECBIT_NO_SETUID_FIXUP, "SECBIT_NO_SETUID_FIXUP"},
    {SECBIT_NO_SETUID_FIXUP_LOCKED, "SECBIT_NO_SETUID_FIXUP_LOCKED"},
    {SECBIT_KEEP_CAPS, "SECBIT_KEEP_CAPS"},
    {SECBIT_KEEP_CAPS_LOCKED, "SECBIT_KEEP_CAPS_LOCKED"},
    {SECBIT_NO_CAP_AMBIENT_RAISE, "SECBIT_NO_CAP_AMBIENT_RAISE"},
    {SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED, "SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED"},
};
constexpr Name kSeccompFilterFlagNames[] = {{SECCOMP_FILTER_FLAG_TSYNC, "SECCOMP_FILTER_FLAG_TSYNC"},
                                            {SECCOMP_FILTER_FLAG_LOG, "SECCOMP_FILTER_FLAG_LOG"},
                                            {SECCOMP_FILTER_FLAG_SPEC_ALLOW, "SECCOMP_FILTER_FLAG_SPEC_ALLOW"},
                                            {SECCOMP_FILTER_FLAG_NEW_LISTENER, "SECCOMP_FILTER_FLAG_NEW_LISTENER"},
                                            {SECCOMP_FILTER_FLAG_TSYNC_ESRCH, "SECCOMP_FILTER_FLAG_TSYNC_ESRCH"},
                                            // since Linux 5.19
                                            {0x20, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"}};
constexpr Name kPtraceOptionNames[] = {
    {PTRACE_O_TRACESYSGOOD, "PTRACE_O_TRACESYSGOOD"}, {PTRACE_O_TRACEFORK, "PTRACE_O_TRACEFORK"},
    {PTRACE_O_TRACEVFORK, "PTRACE_O_TRACEVFORK"},     {PTRACE_O_TRACECLONE, "PTRACE_O_TRACECLONE"},
    {PTRACE_O_TRACEEXEC, "PTRACE_O_TRACEEXEC"},       {PTRACE_O_TRACEVFORKDONE, "PTRACE_O_TRACEVFORKDONE"},
    {PTRACE_O_TRACEEXIT, "PTRACE_O_TRACEEXIT"},       {PTRACE_O_TRACESECCOMP, "PTRACE_O_TRACESECCOMP"},
    {PTRACE_O_EXITKILL, "PTRACE_O_EXITKILL"},         {PTRACE_O_SUSPEND_SECCOMP, "PTRACE_O_SUSPEND_SECCOMP"},
};
// include/uapi/linux/rseq.h
constexpr Name kRseqFlagNames[] = {{0x1, "RSEQ_FLAG_UNREGISTER"}};

}  // namespace

const Table kSignals{kSignalNames};
const Table kSignalMaskHow{kSignalMaskHowNames};
const Table kCloneFlags{kCloneFlagNames};
const Table kClone3Flags{kClone3FlagNames};
const Table kNamespaceTypes{kNamespaceTypeNames};
const Table kWaitFlags{kWaitFlagNames};
const Table kIdTypes{kIdTypeNames};
const Table kPidfdFlags{kPidfdFlagNames};
const Table kSchedulers{kSchedulerNames};
const Table kPriorityWhich{kPriorityWhichNames};
const Table kIoPriorityWhich{kIoPriorityWhichNames};
const Table kResources{kResourceNames};
const Table kUsageWho{kUsageWhoNames};
const Table kCapabilities{kCapabilityNames};
const Table kPersonality{kPersonalityNames};
const Table kCompareTypes{kCompareTypeNames};
const Table kDumpable{kDumpableNames};
const Table kSeccompModes{kSeccompModeNames};
const Table kSecureBits{kSecureBitNames};
const Table kSeccompFilterFlags{kSeccompFilterFlagNames};
const Table kPtraceOptions{kPtraceOptionNames};
const Table kRseqFlags{kRseqFlagNames};

}  // namespace callgate::decode
