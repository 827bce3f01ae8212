#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace callgate::decode {

/// A value of the kernel's interface and what its header calls it.
struct Name {
    std::uint64_t value = 0;
    std::string_view text;
    /// Of flags: the bits that must equal `value`, for numbers packed among flags (O_ACCMODE). 0: `value` itself.
    std::uint64_t mask = 0;
};

/// The names of one argument's values; of flags, those of several bits stand before those of their single bits.
struct Table {
    std::span<const Name> names;
};

/// How to show the bits of a set that have no name.
enum class Rest { hexadecimal, octal };

/// The names of the bits that are set, joined by "|", then what has no name; "0" when nothing is set.
std::string flags_text(const Table& table, std::uint64_t value, Rest rest = Rest::hexadecimal);

/// The name of a value; "" when it has none.
std::string_view name_of(const Table& table, std::uint64_t value);

/// The name of a value, or the value in hexadecimal ("0" for zero).
std::string choice_text(const Table& table, std::uint64_t value);

/// "0x1f", and "0" for zero.
std::string hex_text(std::uint64_t value);

/// "0755", and "0" for zero.
std::string octal_text(std::uint64_t value);

// names_file.cpp
extern const Table kOpenFlags;     ///< as x86 and most others number them
extern const Table kOpenFlagsArm;  ///< as arm and aarch64 do
extern const Table kAccessModes;
extern const Table kFileTypes;  ///< the S_IFMT part of a mode
extern const Table kAtFlags;
extern const Table kAccessAtFlags;
extern const Table kUnlinkFlags;
extern const Table kStatxMask;
extern const Table kRenameFlags;
extern const Table kWhence;
extern const Table kFlockOperations;
extern const Table kFallocateModes;
extern const Table kFileAdvice;
extern const Table kSyncRangeFlags;
extern const Table kReadWriteFlags;
extern const Table kSpliceFlags;
extern const Table kDescriptorFlags;  ///< FD_CLOEXEC
extern const Table kSeals;
extern const Table kLeases;
extern const Table kCloseRangeFlags;
extern const Table kResolveFlags;
extern const Table kXattrFlags;
extern const Table kInotifyMask;
extern const Table kFanotifyInit;
extern const Table kFanotifyMark;
extern const Table kFanotifyMask;

// names_mount.cpp
extern const Table kMountFlags;
extern const Table kUmountFlags;
extern const Table kOpenTreeFlags;
extern const Table kMoveMountFlags;
extern const Table kFsopenFlags;
extern const Table kFsconfigCommands;
extern const Table kFsmountFlags;
extern const Table kFspickFlags;
extern const Table kMountAttributes;
extern const Table kSwapFlags;

// names_memory.cpp
extern const Table kProtection;
extern const Table kMapFlags;
extern const Table kRemapFlags;
extern const Table kSyncFlags;
extern const Table kMemoryAdvice;
extern const Table kLockAllFlags;
extern const Table kLockFlags;
extern const Table kMemfdFlags;
extern const Table kPkeyRights;
extern const Table kMemoryPolicies;
extern const Table kBindFlags;
extern const Table kGetPolicyFlags;
extern const Table kUserfaultFlags;
extern const Table kMembarrierCommands;

// names_process.cpp
extern const Table kSignals;
extern const Table kSignalMaskHow;
extern const Table kCloneFlags;   ///< of clone, without the exit signal
extern const Table kClone3Flags;  ///< of clone3: those, and what uses the signal's bits or the upper half
extern const Table kNamespaceTypes;
extern const Table kWaitFlags;
extern const Table kIdTypes;
extern const Table kPidfdFlags;
extern const Table kSchedulers;
extern const Table kPriorityWhich;
extern const Table kIoPriorityWhich;
extern const Table kResources;
extern const Table kUsageWho;
extern const Table kCapabilities;
extern const Table kPersonality;
extern const Table kCompareTypes;
extern const Table kDumpable;
extern const Table kSeccompModes;
extern const Table kSecureBits;
extern const Table kSeccompFilterFlags;
extern const Table kPtraceOptions;
extern const Table kRseqFlags;

// names_socket.cpp
extern const Table kSocketDomains;
extern const Table kSocketTypes;  ///< with SOCK_CLOEXEC and SOCK_NONBLOCK
extern const Table kSocketFlags;  ///< of accept4
extern const Table kIpProtocols;
extern const Table kNetlinkProtocols;
extern const Table kMessageFlags;
extern const Table kShutdownHow;
extern const Table kSocketCalls;  ///< of i386's socketcall

// names_sockopt.cpp
extern const Table kSocketLevels;
extern const Table kSocketOptions;
extern const Table kIpOptions;
extern const Table kIpv6Options;
extern const Table kTcpOptions;

// names_misc.cpp
extern const Table kRandomFlags;
extern const Table kEpollOperations;
extern const Table kEpollFlags;
extern const Table kPipeFlags;  ///< also of dup3
extern const Table kEventfdFlags;
extern const Table kSignalfdFlags;
extern const Table kInotifyFlags;
extern const Table kClocks;
extern const Table kTimerFlags;
extern const Table kTimerfdFlags;
extern const Table kIntervalTimers;
extern const Table kBpfCommands;
extern const Table kPerfFlags;
extern const Table kUringRegister;
extern const Table kUringEnterFlags;
extern const Table kFutexBits;
extern const Table kIpcKeys;
extern const Table kIpcFlags;
extern const Table kIpcControls;
extern const Table kMessageQueueFlags;
extern const Table kSharedMemoryFlags;
extern const Table kSemaphoreControls;
extern const Table kIpcCalls;  ///< of i386's ipc
extern const Table kSyslogActions;
extern const Table kModuleFlags;  ///< of finit_module
extern const Table kUnloadFlags;  ///< of delete_module
extern const Table kKexecFileFlags;
extern const Table kRebootCommands;
extern const Table kArchPrctl;
extern const Table kKeySpecials;
extern const Table kLandlockCreate;
extern const Table kLandlockRules;

// names_ioctl.cpp
extern const Table kIoctlRequests;

}  // namespace callgate::decode
