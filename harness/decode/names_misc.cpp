#include "harness/decode/names.h"

#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <linux/reboot.h>
#include <time.h>

// By value: what only one architecture's headers have, what is younger than Linux 5.15, and small flag sets whose
// headers do not stand beside each other.

namespace callgate::decode {

namespace {

// include/uapi/linux/random.h
constexpr Name kRandomFlagNames[] = {{0x1, "GRND_NONBLOCK"}, {0x2, "GRND_RANDOM"}, {0x4, "GRND_INSECURE"}};
constexpr Name kEpollOperationNames[] = {{1, "EPOLL_CTL_ADD"}, {2, "EPOLL_CTL_DEL"}, {3, "EPOLL_CTL_MOD"}};

constexpr std::uint64_t kNonblock = 04000;
constexpr std::uint64_t kCloexec = 02000000;
constexpr Name kEpollFlagNames[] = {{kCloexec, "EPOLL_CLOEXEC"}};
// O_DIRECT as x86 and as arm number it: the other value of the two means nothing to pipe2.
constexpr Name kPipeFlagNames[] = {{0200, "O_NOTIFICATION_PIPE"},
                                   {kNonblock, "O_NONBLOCK"},
                                   {040000, "O_DIRECT"},
                                   {0200000, "O_DIRECT"},
                                   {kCloexec, "O_CLOEXEC"}};
constexpr Name kEventfdFlagNames[] = {{0x1, "EFD_SEMAPHORE"}, {kNonblock, "EFD_NONBLOCK"}, {kCloexec, "EFD_CLOEXEC"}};
constexpr Name kSignalfdFlagNames[] = {{kNonblock, "SFD_NONBLOCK"}, {kCloexec, "SFD_CLOEXEC"}};
constexpr Name kInotifyFlagNames[] = {{kNonblock, "IN_NONBLOCK"}, {kCloexec, "IN_CLOEXEC"}};
constexpr Name kTimerfdFlagNames[] = {{kNonblock, "TFD_NONBLOCK"}, {kCloexec, "TFD_CLOEXEC"}};

constexpr Name kClockNames[] = {
    {CLOCK_REALTIME, "CLOCK_REALTIME"},
    {CLOCK_MONOTONIC, "CLOCK_MONOTONIC"},
    {CLOCK_PROCESS_CPUTIME_ID, "CLOCK_PROCESS_CPUTIME_ID"},
    {CLOCK_THREAD_CPUTIME_ID, "CLOCK_THREAD_CPUTIME_ID"},
    {CLOCK_MONOTONIC_RAW, "CLOCK_MONOTONIC_RAW"},
    {CLOCK_REALTIME_COARSE, "CLOCK_REALTIME_COARSE"},
    {CLOCK_MONOTONIC_COARSE, "CLOCK_MONOTONIC_COARSE"},
    {CLOCK_BOOTTIME, "CLOCK_BOOTTIME"},
    {CLOCK_REALTIME_ALARM, "CLOCK_REALTIME_ALARM"},
    {CLOCK_BOOTTIME_ALARM, "CLOCK_BOOTTIME_ALARM"},
    {CLOCK_TAI, "CLOCK_TAI"},
};
// TIMER_ABSTIME and TFD_TIMER_ABSTIME are one and the same.
constexpr Name kTimerFlagNames[] = {{0x1, "TIMER_ABSTIME"}, {0x2, "TFD_TIMER_CANCEL_ON_SET"}};
constexpr Name kIntervalTimerNames[] = {{0, "ITIMER_REAL"}, {1, "ITIMER_VIRTUAL"}, {2, "ITIMER_PROF"}};

constexpr Name kBpfCommandNames[] = {{BPF_MAP_CREATE, "BPF_MAP_CREATE"},
                                     {BPF_MAP_LOOKUP_ELEM, "BPF_MAP_LOOKUP_ELEM"},
                                     {BPF_MAP_UPDATE_ELEM, "BPF_MAP_UPDATE_ELEM"},
                                     {BPF_MAP_DELETE_ELEM, "BPF_MAP_DELETE_ELEM"},
                                     {BPF_MAP_GET_NEXT_KEY, "BPF_MAP_GET_NEXT_KEY"},
                                     {BPF_PROG_LOAD, "BPF_PROG_LOAD"},
                                     {BPF_OBJ_PIN, "BPF_OBJ_PIN"},
                                     {BPF_OBJ_GET, "BPF_OBJ_GET"},
                                     {BPF_PROG_ATTACH, "BPF_PROG_ATTACH"},
                                     {BPF_PROG_DETACH, "BPF_PROG_DETACH"},
                                     {BPF_PROG_TEST_RUN, "BPF_PROG_TEST_RUN"},
                                     {BPF_PROG_GET_NEXT_ID, "BPF_PROG_GET_NEXT_ID"},
                                     {BPF_MAP_GET_NEXT_ID, "BPF_MAP_GET_NEXT_ID"},
                                     {BPF_PROG_GET_FD_BY_ID, "BPF_PROG_GET_FD_BY_ID"},
                                     {BPF_MAP_GET_FD_BY_ID, "BPF_MAP_GET_FD_BY_ID"},
                                     {BPF_OBJ_GET_INFO_BY_FD, "BPF_OBJ_GET_INFO_BY_FD"},
                                     {BPF_PROG_QUERY, "BPF_PROG_QUERY"},
                                     {BPF_RAW_TRACEPOINT_OPEN, "BPF_RAW_TRACEPOINT_OPEN"},
                                     {BPF_BTF_LOAD, "BPF_BTF_LOAD"},
                                     {BPF_BTF_GET_FD_BY_ID, "BPF_BTF_GET_FD_BY_ID"},
                                     {BPF_TASK_FD_QUERY, "BPF_TASK_FD_QUERY"},
                                     {BPF_MAP_LOOKUP_AND_DELETE_ELEM, "BPF_MAP_LOOKUP_AND_DELETE_ELEM"},
                                     {BPF_MAP_FREEZE, "BPF_MAP_FREEZE"},
                                     {BPF_BTF_GET_NEXT_ID, "BPF_BTF_GET_NEXT_ID"},
                                     {BPF_MAP_LOOKUP_BATCH, "BPF_MAP_LOOKUP_BATCH"},
                                     {BPF_MAP_LOOKUP_AND_DELETE_BATCH, "BPF_MAP_LOOKUP_AND_DELETE_BATCH"},
                                     {BPF_MAP_UPDATE_BATCH, "BPF_MAP_UPDATE_BATCH"},
                                     {BPF_MAP_DELETE_BATCH, "BPF_MAP_DELETE_BATCH"},
                                     {BPF_LINK_CREATE, "BPF_LINK_CREATE"},
                                     {BPF_LINK_UPDATE, "BPF_LINK_UPDATE"},
                                     {BPF_LINK_GET_FD_BY_ID, "BPF_LINK_GET_FD_BY_ID"},
                                     {BPF_LINK_GET_NEXT_ID, "BPF_LINK_GET_NEXT_ID"},
                                     {BPF_ENABLE_STATS, "BPF_ENABLE_STATS"},
                                     {BPF_ITER_CREATE, "BPF_ITER_CREATE"},
                                     {BPF_LINK_DETACH, "BPF_LINK_DETACH"},
                                     {BPF_PROG_BIND_MAP, "BPF_PROG_BIND_MAP"},
                                     // since Linux 6.9
                                     {36, "BPF_TOKEN_CREATE"}};
constexpr Name kPerfFlagNames[] = {
    {PERF_FLAG_FD_NO_GROUP, "PERF_FLAG_FD_NO_GROUP"},
    {PERF_FLAG_FD_OUTPUT, "PERF_FLAG_FD_OUTPUT"},
    {PERF_FLAG_PID_CGROUP, "PERF_FLAG_PID_CGROUP"},
    {PERF_FLAG_FD_CLOEXEC, "PERF_FLAG_FD_CLOEXEC"},
};
constexpr Name kUringRegisterNames[] = {{IORING_REGISTER_BUFFERS, "IORING_REGISTER_BUFFERS"},
                                        {IORING_UNREGISTER_BUFFERS, "IORING_UNREGISTER_BUFFERS"},
                                        {IORING_REGISTER_FILES, "IORING_REGISTER_FILES"},
                                        {IORING_UNREGISTER_FILES, "IORING_UNREGISTER_FILES"},
                                        {IORING_REGISTER_EVENTFD, "IORING_REGISTER_EVENTFD"},
                                        {IORING_UNREGISTER_EVENTFD, "IORING_UNREGISTER_EVENTFD"},
                                        {IORING_REGISTER_FILES_UPDATE, "IORING_REGISTER_FILES_UPDATE"},
                                        {IORING_REGISTER_EVENTFD_ASYNC, "IORING_REGISTER_EVENTFD_ASYNC"},
                                        {IORING_REGISTER_PROBE, "IORING_REGISTER_PROBE"},
                                        {IORING_REGISTER_PERSONALITY, "IORING_REGISTER_PERSONALITY"},
                                        {IORING_UNREGISTER_PERSONALITY, "IORING_UNREGISTER_PERSONALITY"},
                                        {IORING_REGISTER_RESTRICTIONS, "IORING_REGISTER_RESTRICTIONS"},
                                        {IORING_REGISTER_ENABLE_RINGS, "IORING_REGISTER_ENABLE_RINGS"},
                                        {IORING_REGISTER_FILES2, "IORING_REGISTER_FILES2"},
                                        {IORING_REGISTER_FILES_UPDATE2, "IORING_REGISTER_FILES_UPDATE2"},
                                        {IORING_REGISTER_BUFFERS2, "IORING_REGISTER_BUFFERS2"},
                                        {IORING_REGISTER_BUFFERS_UPDATE, "IORING_REGISTER_BUFFERS_UPDATE"},
                                        {IORING_REGISTER_IOWQ_AFF, "IORING_REGISTER_IOWQ_AFF"},
                                        {IORING_UNREGISTER_IOWQ_AFF, "IORING_UNREGISTER_IOWQ_AFF"},
                                        {IORING_REGISTER_IOWQ_MAX_WORKERS, "IORING_REGISTER_IOWQ_MAX_WORKERS"},
                                        // since Linux 5.18, 5.19, 6.0
                                        {20, "IORING_REGISTER_RING_FDS"},
                                        {21, "IORING_UNREGISTER_RING_FDS"},
                                        {22, "IORING_REGISTER_PBUF_RING"},
                                        {23, "IORING_UNREGISTER_PBUF_RING"},
                                        {24, "IORING_REGISTER_SYNC_CANCEL"},
                                        {25, "IORING_REGISTER_FILE_ALLOC_RANGE"}};
constexpr Name kUringEnterFlagNames[] = {{IORING_ENTER_GETEVENTS, "IORING_ENTER_GETEVENTS"},
                                         {IORING_ENTER_SQ_WAKEUP, "IORING_ENTER_SQ_WAKEUP"},
                                         {IORING_ENTER_SQ_WAIT, "IORING_ENTER_SQ_WAIT"},
                                         {IORING_ENTER_EXT_ARG, "IORING_ENTER_EXT_ARG"},
                                         // since Linux 5.18
                                         {0x10, "IORING_ENTER_REGISTERED_RING"}};

// include/uapi/linux/futex.h
constexpr Name kFutexBitNames[] = {{0x80, "FUTEX_PRIVATE_FLAG"}, {0x100, "FUTEX_CLOCK_REALTIME"}};

// include/uapi/linux/{ipc,shm,sem,msg}.h
constexpr Name kIpcKeyNames[] = {{0, "IPC_PRIVATE"}};
constexpr Name kIpcFlagNames[] = {
    {01000, "IPC_CREAT"}, {02000, "IPC_EXCL"}, {04000, "SHM_HUGETLB"}, {010000, "SHM_NORESERVE"}};
constexpr std::uint64_t kControlMask = 0xff;
constexpr Name kIpcControlNames[] = {{0, "IPC_RMID", kControlMask},
                                     {1, "IPC_SET", kControlMask},
                                     {2, "IPC_STAT", kControlMask},
                                     {3, "IPC_INFO", kControlMask},
                                     {11, "SHM_LOCK", kControlMask},
                                     {12, "SHM_UNLOCK", kControlMask},
                                     {0x100, "IPC_64"}};
constexpr Name kSemaphoreControlNames[] = {
    {0, "IPC_RMID", kControlMask}, {1, "IPC_SET", kControlMask},  {2, "IPC_STAT", kControlMask},
    {3, "IPC_INFO", kControlMask}, {11, "GETPID", kControlMask},  {12, "GETVAL", kControlMask},
    {13, "GETALL", kControlMask},  {14, "GETNCNT", kControlMask}, {15, "GETZCNT", kControlMask},
    {16, "SETVAL", kControlMask},  {17, "SETALL", kControlMask},  {0x100, "IPC_64"}};
constexpr Name kMessageQueueFlagNames[] = {
    {04000, "IPC_NOWAIT"}, {010000, "MSG_NOERROR"}, {020000, "MSG_EXCEPT"}, {040000, "MSG_COPY"}};
constexpr Name kSharedMemoryFlagNames[] = {
    {010000, "SHM_RDONLY"}, {020000, "SHM_RND"}, {040000, "SHM_REMAP"}, {0100000, "SHM_EXEC"}};
constexpr Name kIpcCallNames[] = {{1, "SEMOP"},   {2, "SEMGET"},  {3, "SEMCTL"},  {4, "SEMTIMEDOP"},
                                  {11, "MSGSND"}, {12, "MSGRCV"}, {13, "MSGGET"}, {14, "MSGCTL"},
                                  {21, "SHMAT"},  {22, "SHMDT"},  {23, "SHMGET"}, {24, "SHMCTL"}};

// include/linux/syslog.h
constexpr Name kSyslogActionNames[] = {
    {0, "SYSLOG_ACTION_CLOSE"},       {1, "SYSLOG_ACTION_OPEN"},        {2, "SYSLOG_ACTION_READ"},
    {3, "SYSLOG_ACTION_READ_ALL"},    {4, "SYSLOG_ACTION_READ_CLEAR"},  {5, "SYSLOG_ACTION_CLEAR"},
    {6, "SYSLOG_ACTION_CONSOLE_OFF"}, {7, "SYSLOG_ACTION_CONSOLE_ON"},  {8, "SYSLOG_ACTION_CONSOLE_LEVEL"},
    {9, "SYSLOG_ACTION_SIZE_UNREAD"}, {10, "SYSLOG_ACTION_SIZE_BUFFER"}};
// include/uapi/linux/module.h
constexpr Name kModuleFlagNames[] = {{0x1, "MODULE_INIT_IGNORE_MODVERSIONS"},
                                     {0x2, "MODULE_INIT_IGNORE_VERMAGIC"},
                                     {0x4, "MODULE_INIT_COMPRESSED_FILE"}};
constexpr Name kUnloadFlagNames[] = {{01000, "O_TRUNC"}, {kNonblock, "O_NONBLOCK"}};
// include/uapi/linux/kexec.h
constexpr Name kKexecFileFlagNames[] = {
    {0x1, "KEXEC_FILE_UNLOAD"}, {0x2, "KEXEC_FILE_ON_CRASH"}, {0x4, "KEXEC_FILE_NO_INITRAMFS"}};
constexpr Name kRebootCommandNames[] = {
    {LINUX_REBOOT_CMD_RESTART, "LINUX_REBOOT_CMD_RESTART"},
    {LINUX_REBOOT_CMD_HALT, "LINUX_REBOOT_CMD_HALT"},
    {LINUX_REBOOT_CMD_CAD_ON, "LINUX_REBOOT_CMD_CAD_ON"},
    {LINUX_REBOOT_CMD_CAD_OFF, "LINUX_REBOOT_CMD_CAD_OFF"},
    {LINUX_REBOOT_CMD_POWER_OFF, "LINUX_REBOOT_CMD_POWER_OFF"},
    {LINUX_REBOOT_CMD_RESTART2, "LINUX_REBOOT_CMD_RESTART2"},
    {LINUX_REBOOT_CMD_SW_SUSPEND, "LINUX_REBOOT_CMD_SW_SUSPEND"},
    {LINUX_REBOOT_CMD_KEXEC, "LINUX_REBOOT_CMD_KEXEC"},
};
// arch/x86/include/uapi/asm/prctl.h
constexpr Name kArchPrctlNames[] = {{0x1001, "ARCH_SET_GS"},
                                    {0x1002, "ARCH_SET_FS"},
                                    {0x1003, "ARCH_GET_FS"},
                                    {0x1004, "ARCH_GET_GS"},
                                    {0x1011, "ARCH_GET_CPUID"},
                                    {0x1012, "ARCH_SET_CPUID"},
                                    {0x1021, "ARCH_GET_XCOMP_SUPP"},
                                    {0x1022, "ARCH_GET_XCOMP_PERM"},
                                    {0x1023, "ARCH_REQ_XCOMP_PERM"},
                                    {0x1024, "ARCH_GET_XCOMP_GUEST_PERM"},
                                    {0x1025, "ARCH_REQ_XCOMP_GUEST_PERM"},
                                    {0x2001, "ARCH_MAP_VDSO_X32"},
                                    {0x2002, "ARCH_MAP_VDSO_32"},
                                    {0x2003, "ARCH_MAP_VDSO_64"},
                                    {0x5001, "ARCH_SHSTK_ENABLE"},
                                    {0x5002, "ARCH_SHSTK_DISABLE"},
                                    {0x5003, "ARCH_SHSTK_LOCK"},
                                    {0x5005, "ARCH_SHSTK_STATUS"}};
// include/uapi/linux/keyctl.h; negative there, in the 32 bits of a key_serial_t here.
constexpr Name kKeySpecialNames[] = {
    {0xffffffff, "KEY_SPEC_THREAD_KEYRING"},       {0xfffffffe, "KEY_SPEC_PROCESS_KEYRING"},
    {0xfffffffd, "KEY_SPEC_SESSION_KEYRING"},      {0xfffffffc, "KEY_SPEC_USER_KEYRING"},
    {0xfffffffb, "KEY_SPEC_USER_SESSION_KEYRING"}, {0xfffffffa, "KEY_SPEC_GROUP_KEYRING"},
    {0xfffffff9, "KEY_SPEC_REQKEY_AUTH_KEY"},      {0xfffffff8, "KEY_SPEC_REQUESTOR_KEYRING"}};
// include/uapi/linux/landlock.h
constexpr Name kLandlockCreateNames[] = {{0x1, "LANDLOCK_CREATE_RULESET_VERSION"},
                                         {0x2, "LANDLOCK_CREATE_RULESET_ERRATA"}};
constexpr Name kLandlockRuleNames[] = {{1, "LANDLOCK_RULE_PATH_BENEATH"}, {2, "LANDLOCK_RULE_NET_PORT"}};

}  // namespace

const Table kRandomFlags{kRandomFlagNames};
const Table kEpollOperations{kEpollOperationNames};
const Table kEpollFlags{kEpollFlagNames};
const Table kPipeFlags{kPipeFlagNames};
const Table kEventfdFlags{kEventfdFlagNames};
const Table kSignalfdFlags{kSignalfdFlagNames};
const Table kInotifyFlags{kInotifyFlagNames};
const Table kTimerfdFlags{kTimerfdFlagNames};
const Table kClocks{kClockNames};
const Table kTimerFlags{kTimerFlagNames};
const Table kIntervalTimers{kIntervalTimerNames};
const Table kBpfCommands{kBpfCommandNames};
const Table kPerfFlags{kPerfFlagNames};
const Table kUringRegister{kUringRegisterNames};
const Table kUringEnterFlags{kUringEnterFlagNames};
const Table kFutexBits{kFutexBitNames};
const Table kIpcKeys{kIpcKeyNames};
const Table kIpcFlags{kIpcFlagNames};
const Table kIpcControls{kIpcControlNames};
const Table kMessageQueueFlags{kMessageQueueFlagNames};
const Table kSharedMemoryFlags{kSharedMemoryFlagNames};
const Table kSemaphoreControls{kSemaphoreControlNames};
const Table kIpcCalls{kIpcCallNames};
const Table kSyslogActions{kSyslogActionNames};
const Table kModuleFlags{kModuleFlagNames};
const Table kUnloadFlags{kUnloadFlagNames};
const Table kKexecFileFlags{kKexecFileFlagNames};
const Table kRebootCommands{kRebootCommandNames};
const Table kArchPrctl{kArchPrctlNames};
const Table kKeySpecials{kKeySpecialNames};
const Table kLandlockCreate{kLandlockCreateNames};
const Table kLandlockRules{kLandlockRuleNames};

}  // namespace callgate::decode
