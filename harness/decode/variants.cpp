#include "harness/decode/signatures.h"

#include <linux/prctl.h>

// The numbers of fcntl, futex, keyctl and ptrace are those of include/uapi: asm-generic/fcntl.h, linux/fcntl.h,
// linux/futex.h, linux/keyctl.h, linux/ptrace.h. The C library's headers know only a part, or spell them as
// enumerators.

namespace callgate::decode {

namespace {

constexpr Name kAmbientNames[] = {{1, "PR_CAP_AMBIENT_IS_SET"},
                                  {2, "PR_CAP_AMBIENT_RAISE"},
                                  {3, "PR_CAP_AMBIENT_LOWER"},
                                  {4, "PR_CAP_AMBIENT_CLEAR_ALL"}};
constexpr Table kAmbient{kAmbientNames};
constexpr Name kVmaNames[] = {{0, "PR_SET_VMA_ANON_NAME"}};
constexpr Table kVma{kVmaNames};
constexpr Name kSpeculationNames[] = {
    {0, "PR_SPEC_STORE_BYPASS"}, {1, "PR_SPEC_INDIRECT_BRANCH"}, {2, "PR_SPEC_L1D_FLUSH"}};
constexpr Table kSpeculation{kSpeculationNames};
constexpr Name kSpeculationControlNames[] = {{1, "PR_SPEC_PRCTL"},
                                             {2, "PR_SPEC_ENABLE"},
                                             {4, "PR_SPEC_DISABLE"},
                                             {8, "PR_SPEC_FORCE_DISABLE"},
                                             {16, "PR_SPEC_DISABLE_NOEXEC"}};
constexpr Table kSpeculationControl{kSpeculationControlNames};
constexpr Name kCoreNames[] = {{0, "PR_SCHED_CORE_GET"},
                               {1, "PR_SCHED_CORE_CREATE"},
                               {2, "PR_SCHED_CORE_SHARE_TO"},
                               {3, "PR_SCHED_CORE_SHARE_FROM"}};
constexpr Table kCore{kCoreNames};
constexpr Name kTscNames[] = {{1, "PR_TSC_ENABLE"}, {2, "PR_TSC_SIGSEGV"}};
constexpr Table kTsc{kTscNames};
constexpr Name kMmNames[] = {{1, "PR_SET_MM_START_CODE"}, {2, "PR_SET_MM_END_CODE"},    {3, "PR_SET_MM_START_DATA"},
                             {4, "PR_SET_MM_END_DATA"},   {5, "PR_SET_MM_START_STACK"}, {6, "PR_SET_MM_START_BRK"},
                             {7, "PR_SET_MM_BRK"},        {8, "PR_SET_MM_ARG_START"},   {9, "PR_SET_MM_ARG_END"},
                             {10, "PR_SET_MM_ENV_START"}, {11, "PR_SET_MM_ENV_END"},    {12, "PR_SET_MM_AUXV"},
                             {13, "PR_SET_MM_EXE_FILE"},  {14, "PR_SET_MM_MAP"},        {15, "PR_SET_MM_MAP_SIZE"}};
constexpr Table kMm{kMmNames};
constexpr Name kMdweNames[] = {{1, "PR_MDWE_REFUSE_EXEC_GAIN"}, {2, "PR_MDWE_NO_INHERIT"}};
constexpr Table kMdwe{kMdweNames};

constexpr Variant kPrctlVariants[] = {
    {PR_SET_PDEATHSIG, "PR_SET_PDEATHSIG", {kSignal}},
    {PR_GET_PDEATHSIG, "PR_GET_PDEATHSIG", {kPointer}},
    {PR_GET_DUMPABLE, "PR_GET_DUMPABLE", {}},
    {PR_SET_DUMPABLE, "PR_SET_DUMPABLE", {choice(kDumpable)}},
    {PR_GET_KEEPCAPS, "PR_GET_KEEPCAPS", {}},
    {PR_SET_KEEPCAPS, "PR_SET_KEEPCAPS", {kNumber}},
    {PR_GET_TIMING, "PR_GET_TIMING", {}},
    {PR_SET_TIMING, "PR_SET_TIMING", {kNumber}},
    {PR_SET_NAME, "PR_SET_NAME", {kString}},
    {PR_GET_NAME, "PR_GET_NAME", {kPointer}},
    {PR_GET_SECCOMP, "PR_GET_SECCOMP", {}},
    {PR_SET_SECCOMP, "PR_SET_SECCOMP", {choice(kSeccompModes), kPointer}},
    {PR_CAPBSET_READ, "PR_CAPBSET_READ", {choice(kCapabilities)}},
    {PR_CAPBSET_DROP, "PR_CAPBSET_DROP", {choice(kCapabilities)}},
    {PR_GET_TSC, "PR_GET_TSC", {kPointer}},
    {PR_SET_TSC, "PR_SET_TSC", {choice(kTsc)}},
    {PR_GET_SECUREBITS, "PR_GET_SECUREBITS", {}},
    {PR_SET_SECUREBITS, "PR_SET_SECUREBITS", {flags(kSecureBits)}},
    {PR_SET_TIMERSLACK, "PR_SET_TIMERSLACK", {kNumber}},
    {PR_GET_TIMERSLACK, "PR_GET_TIMERSLACK", {}},
    {PR_TASK_PERF_EVENTS_DISABLE, "PR_TASK_PERF_EVENTS_DISABLE", {}},
    {PR_TASK_PERF_EVENTS_ENABLE, "PR_TASK_PERF_EVENTS_ENABLE", {}},
    {PR_MCE_KILL, "PR_MCE_KILL", {kHex, kHex}},
    {PR_MCE_KILL_GET, "PR_MCE_KILL_GET", {}},
    {PR_SET_MM, "PR_SET_MM", {choice(kMm), kPointer, kSize}},
    {PR_SET_PTRACER, "PR_SET_PTRACER", {kNumber}},
    {PR_SET_CHILD_SUBREAPER, "PR_SET_CHILD_SUBREAPER", {kNumber}},
    {PR_GET_CHILD_SUBREAPER, "PR_GET_CHILD_SUBREAPER", {kPointer}},
    {PR_SET_NO_NEW_PRIVS, "PR_SET_NO_NEW_PRIVS", {kNumber, kNumber, kNumber, kNumber}},
    {PR_GET_NO_NEW_PRIVS, "PR_GET_NO_NEW_PRIVS", {}},
    {PR_GET_TID_ADDRESS, "PR_GET_TID_ADDRESS", {kPointer}},
    {PR_SET_THP_DISABLE, "PR_SET_THP_DISABLE", {kNumber}},
    {PR_GET_THP_DISABLE, "PR_GET_THP_DISABLE", {}},
    {PR_CAP_AMBIENT, "PR_CAP_AMBIENT", {choice(kAmbient), choice(kCapabilities)}},
    {PR_GET_SPECULATION_CTRL, "PR_GET_SPECULATION_CTRL", {choice(kSpeculation)}},
    {PR_SET_SPECULATION_CTRL, "PR_SET_SPECULATION_CTRL", {choice(kSpeculation), flags(kSpeculationControl)}},
    {PR_SET_TAGGED_ADDR_CTRL, "PR_SET_TAGGED_ADDR_CTRL", {kHex}},
    {PR_GET_TAGGED_ADDR_CTRL, "PR_GET_TAGGED_ADDR_CTRL", {}},
    {PR_SET_IO_FLUSHER, "PR_SET_IO_FLUSHER", {kNumber}},
    {PR_GET_IO_FLUSHER, "PR_GET_IO_FLUSHER", {}},
    {PR_SET_SYSCALL_USER_DISPATCH, "PR_SET_SYSCALL_USER_DISPATCH", {kNumber, kPointer, kSize, kPointer}},
    // include/uapi/linux/prctl.h, since Linux 5.14, 5.17, 6.3, 6.4
    {62, "PR_SCHED_CORE", {choice(kCore), kInt, kInt, kPointer}},
    {0x53564d41, "PR_SET_VMA", {choice(kVma), kPointer, kSize, kString}},
    {65, "PR_SET_MDWE", {flags(kMdwe)}},
    {66, "PR_GET_MDWE", {}},
    {67, "PR_SET_MEMORY_MERGE", {kNumber}},
    {68, "PR_GET_MEMORY_MERGE", {}},
};

constexpr Variant kFcntlVariants[] = {
    {0, "F_DUPFD", {kInt}},
    {1, "F_GETFD", {}},
    {2, "F_SETFD", {flags(kDescriptorFlags)}},
    {3, "F_GETFL", {}},
    {4, "F_SETFL", {kOpen}},
    {5, "F_GETLK", {kPointer}},
    {6, "F_SETLK", {kPointer}},
    {7, "F_SETLKW", {kPointer}},
    {8, "F_SETOWN", {kInt}},
    {9, "F_GETOWN", {}},
    {10, "F_SETSIG", {kSignal}},
    {11, "F_GETSIG", {}},
    {12, "F_GETLK64", {kPointer}},
    {13, "F_SETLK64", {kPointer}},
    {14, "F_SETLKW64", {kPointer}},
    {15, "F_SETOWN_EX", {kPointer}},
    {16, "F_GETOWN_EX", {kPointer}},
    {36, "F_OFD_GETLK", {kPointer}},
    {37, "F_OFD_SETLK", {kPointer}},
    {38, "F_OFD_SETLKW", {kPointer}},
    {1024, "F_SETLEASE", {choice(kLeases)}},
    {1025, "F_GETLEASE", {}},
    {1026, "F_NOTIFY", {kHex}},
    {1030, "F_DUPFD_CLOEXEC", {kInt}},
    {1031, "F_SETPIPE_SZ", {kInt}},
    {1032, "F_GETPIPE_SZ", {}},
    {1033, "F_ADD_SEALS", {flags(kSeals)}},
    {1034, "F_GET_SEALS", {}},
    {1035, "F_GET_RW_HINT", {kPointer}},
    {1036, "F_SET_RW_HINT", {kPointer}},
    {1037, "F_GET_FILE_RW_HINT", {kPointer}},
    {1038, "F_SET_FILE_RW_HINT", {kPointer}},
};

constexpr Variant kFutexVariants[] = {
    {0, "FUTEX_WAIT", {kId, kTimespec}},
    {1, "FUTEX_WAKE", {kInt}},
    {2, "FUTEX_FD", {kSignal}},
    {3, "FUTEX_REQUEUE", {kInt, kInt, kPointer}},
    {4, "FUTEX_CMP_REQUEUE", {kInt, kInt, kPointer, kId}},
    {5, "FUTEX_WAKE_OP", {kInt, kInt, kPointer, kHex}},
    {6, "FUTEX_LOCK_PI", {kHex, kTimespec}},
    {7, "FUTEX_UNLOCK_PI", {}},
    {8, "FUTEX_TRYLOCK_PI", {}},
    {9, "FUTEX_WAIT_BITSET", {kId, kTimespec, kHex, kHex}},
    {10, "FUTEX_WAKE_BITSET", {kInt, kHex, kHex, kHex}},
    {11, "FUTEX_WAIT_REQUEUE_PI", {kId, kTimespec, kPointer}},
    {12, "FUTEX_CMP_REQUEUE_PI", {kInt, kInt, kPointer, kId}},
    {13, "FUTEX_LOCK_PI2", {kHex, kTimespec}},
};

constexpr Argument kKey = choice(kKeySpecials);

constexpr Variant kKeyVariants[] = {
    {0, "KEYCTL_GET_KEYRING_ID", {kKey, kInt}},
    {1, "KEYCTL_JOIN_SESSION_KEYRING", {kString}},
    {2, "KEYCTL_UPDATE", {kKey, kPointer, kSize}},
    {3, "KEYCTL_REVOKE", {kKey}},
    {4, "KEYCTL_CHOWN", {kKey, kId, kId}},
    {5, "KEYCTL_SETPERM", {kKey, kHex}},
    {6, "KEYCTL_DESCRIBE", {kKey, kPointer, kSize}},
    {7, "KEYCTL_CLEAR", {kKey}},
    {8, "KEYCTL_LINK", {kKey, kKey}},
    {9, "KEYCTL_UNLINK", {kKey, kKey}},
    {10, "KEYCTL_SEARCH", {kKey, kString, kString, kKey}},
    {11, "KEYCTL_READ", {kKey, kPointer, kSize}},
    {12, "KEYCTL_INSTANTIATE", {kKey, kPointer, kSize, kKey}},
    {13, "KEYCTL_NEGATE", {kKey, kId, kKey}},
    {14, "KEYCTL_SET_REQKEY_KEYRING", {kInt}},
    {15, "KEYCTL_SET_TIMEOUT", {kKey, kId}},
    {16, "KEYCTL_ASSUME_AUTHORITY", {kKey}},
    {17, "KEYCTL_GET_SECURITY", {kKey, kPointer, kSize}},
    {18, "KEYCTL_SESSION_TO_PARENT", {}},
    {19, "KEYCTL_REJECT", {kKey, kId, kId, kKey}},
    {20, "KEYCTL_INSTANTIATE_IOV", {kKey, kPointer, kSize, kKey}},
    {21, "KEYCTL_INVALIDATE", {kKey}},
    {22, "KEYCTL_GET_PERSISTENT", {kId, kKey}},
    {23, "KEYCTL_DH_COMPUTE", {kPointer, kPointer, kSize, kPointer}},
    {24, "KEYCTL_PKEY_QUERY", {kKey, kHex, kString, kPointer}},
    {29, "KEYCTL_RESTRICT_KEYRING", {kKey, kString, kString}},
    {30, "KEYCTL_MOVE", {kKey, kKey, kKey, kHex}},
    {31, "KEYCTL_CAPABILITIES", {kPointer, kSize}},
    {32, "KEYCTL_WATCH_KEY", {kKey, kFd, kInt}},
};

constexpr Argument kTraceFlags = wide_flags(kPtraceOptions);

constexpr Variant kPtraceVariants[] = {
    {0, "PTRACE_TRACEME", {}},
    {1, "PTRACE_PEEKTEXT", {kInt, kPointer, kPointer}},
    {2, "PTRACE_PEEKDATA", {kInt, kPointer, kPointer}},
    {3, "PTRACE_PEEKUSER", {kInt, kHex, kPointer}},
    {4, "PTRACE_POKETEXT", {kInt, kPointer, kHex}},
    {5, "PTRACE_POKEDATA", {kInt, kPointer, kHex}},
    {6, "PTRACE_POKEUSER", {kInt, kHex, kHex}},
    {7, "PTRACE_CONT", {kInt, kHex, kSignal}},
    {8, "PTRACE_KILL", {kInt}},
    {9, "PTRACE_SINGLESTEP", {kInt, kHex, kSignal}},
    {12, "PTRACE_GETREGS", {kInt, kHex, kPointer}},
    {13, "PTRACE_SETREGS", {kInt, kHex, kPointer}},
    {14, "PTRACE_GETFPREGS", {kInt, kHex, kPointer}},
    {15, "PTRACE_SETFPREGS", {kInt, kHex, kPointer}},
    {16, "PTRACE_ATTACH", {kInt}},
    {17, "PTRACE_DETACH", {kInt, kHex, kSignal}},
    {24, "PTRACE_SYSCALL", {kInt, kHex, kSignal}},
    {0x4200, "PTRACE_SETOPTIONS", {kInt, kHex, kTraceFlags}},
    {0x4201, "PTRACE_GETEVENTMSG", {kInt, kHex, kPointer}},
    {0x4202, "PTRACE_GETSIGINFO", {kInt, kHex, kPointer}},
    {0x4203, "PTRACE_SETSIGINFO", {kInt, kHex, kPointer}},
    {0x4204, "PTRACE_GETREGSET", {kInt, kHex, kPointer}},
    {0x4205, "PTRACE_SETREGSET", {kInt, kHex, kPointer}},
    {0x4206, "PTRACE_SEIZE", {kInt, kHex, kTraceFlags}},
    {0x4207, "PTRACE_INTERRUPT", {kInt}},
    {0x4208, "PTRACE_LISTEN", {kInt}},
    {0x4209, "PTRACE_PEEKSIGINFO", {kInt, kPointer, kPointer}},
    {0x420a, "PTRACE_GETSIGMASK", {kInt, kSize, kPointer}},
    {0x420b, "PTRACE_SETSIGMASK", {kInt, kSize, kPointer}},
    {0x420c, "PTRACE_SECCOMP_GET_FILTER", {kInt, kSize, kPointer}},
    {0x420d, "PTRACE_SECCOMP_GET_METADATA", {kInt, kSize, kPointer}},
    {0x420e, "PTRACE_GET_SYSCALL_INFO", {kInt, kSize, kPointer}},
};

constexpr Variant kSeccompVariants[] = {
    {0, "SECCOMP_SET_MODE_STRICT", {kHex, kPointer}},
    {1, "SECCOMP_SET_MODE_FILTER", {flags(kSeccompFilterFlags), kPointer}},
    {2, "SECCOMP_GET_ACTION_AVAIL", {kHex, kPointer}},
    {3, "SECCOMP_GET_NOTIF_SIZES", {kHex, kPointer}},
};

constexpr Argument kSocketType = flags(kSocketTypes);

constexpr Variant kDomainVariants[] = {
    {2, "AF_INET", {kSocketType, choice(kIpProtocols)}},
    {10, "AF_INET6", {kSocketType, choice(kIpProtocols)}},
    {16, "AF_NETLINK", {kSocketType, choice(kNetlinkProtocols)}},
    {17, "AF_PACKET", {kSocketType, kHex}},
};

constexpr Variant kLevelVariants[] = {
    {0, "SOL_IP", {choice(kIpOptions)}},
    {1, "SOL_SOCKET", {choice(kSocketOptions)}},
    {6, "SOL_TCP", {choice(kTcpOptions)}},
    {41, "SOL_IPV6", {choice(kIpv6Options)}},
};

}  // namespace

const Variants kPrctlOptions{kPrctlVariants};
const Variants kFcntlCommands{kFcntlVariants};
const Variants kFutexOperations{.options = kFutexVariants, .bits = &kFutexBits};
const Variants kKeyOperations{kKeyVariants};
const Variants kPtraceRequests{kPtraceVariants};
const Variants kSeccompOperations{kSeccompVariants};
const Variants kSocketDomainVariants{.options = kDomainVariants, .others = &kSocketDomains, .continues = true};
const Variants kSocketLevelVariants{.options = kLevelVariants, .others = &kSocketLevels, .continues = true};

}  // namespace callgate::decode
