#pragma once

// What seen.bpf.c and seen_maps.cpp share: the layout of the memory in which the kernel counts. C on one side, C++ on
// the other, hence neither namespace nor constexpr.

// NOLINTBEGIN(readability-identifier-naming): the names of C
#include <linux/types.h>

#ifndef __cplusplus
#include <stdbool.h>
#endif

/// Where a call's number stands in the table of one executable: the native calls, those with bit 30 (x32), and those of
/// the other ABI that this processor runs (i386, 32-bit Arm). Numbers beyond have no column and are counted in a hash.
enum {
    SEEN_NATIVE_COLUMNS = 512,
    SEEN_SECOND_COLUMNS = 576,
    SEEN_COMPAT_COLUMNS = 512,
    SEEN_COLUMNS = SEEN_NATIVE_COLUMNS + SEEN_SECOND_COLUMNS + SEEN_COMPAT_COLUMNS,
};

enum {
    SEEN_PIDS = 4194304,       ///< the most that pid_max can be (linux/threads.h, PID_MAX_LIMIT)
    SEEN_EXECUTABLES = 256,    ///< 0: not a process of the tree
    SEEN_OTHER = 255,          ///< the number of all executables for which there was no number left
    SEEN_SLOTS = 4096,         ///< distinct (executable, ABI, number) with counters of their own; 0: none yet
    SEEN_WITH_VALUES = 32768,  ///< in the table of slots: the arguments of this call are recorded too
    SEEN_WANTS_STACK = 16384,  ///< in the table of slots: no stack of this call is known yet
    SEEN_SPECS = 64,
    SEEN_VALUES = 3,          ///< arguments of one call that are recorded
    SEEN_MOST_DISTINCT = 64,  ///< combinations of them, for one executable and call
    SEEN_ALL_VALUES = 8192,   ///< combinations in all
    SEEN_PATH = 256,
    SEEN_SECOND_BIT = 0x40000000,
};

/// Words of the registers that a call was made with: struct pt_regs of x86 (arch/x86/include/asm/ptrace.h), struct
/// user_pt_regs of arm64 (arch/arm64/include/uapi/asm/ptrace.h); and which of them is the stack pointer.
enum {
#if defined(__TARGET_ARCH_arm64) || defined(__aarch64__)
    SEEN_REGISTERS = 34,
    SEEN_STACK_POINTER = 31,
#else
    SEEN_REGISTERS = 21,
    SEEN_STACK_POINTER = 19,
#endif
};

enum {
    SEEN_STACK = 16384,  ///< bytes that are copied of a stack at most
    SEEN_STACK_PIECE = 1024,
    SEEN_STACKS_BYTES = 2097152,  ///< on their way; a power of two
};

/// Which call, of whom.
struct seen_call {
    __u8 executable;
    __u8 compat;
    __u16 unused;
    __s32 nr;
};

/// On one processor.
struct seen_counter {
    __u64 count;
    __u64 first;  ///< since `phase` began; CLOCK_MONOTONIC, in ns
    __u64 last_tick;
    __u32 phase;
    __u32 unused;
};

struct seen_values {
    struct seen_call call;
    __u64 value[SEEN_VALUES];
};

/// Where in its code a call was made: the registers, and the stack from the one that points to it upwards.
struct seen_stack {
    struct seen_call call;
    __u32 phase;
    __u32 size;     ///< of the bytes
    __u32 task;     ///< as callgate's pid namespace calls it, as the two below
    __u32 process;  ///< its first thread may have ended
    __u32 parent;   ///< process
    __u32 unused;
    __u64 start_stack;  ///< where the program's stack began: no other program has it there, but children by fork
    __u64 begin;        ///< the address of the first byte
    __u64 registers[SEEN_REGISTERS];
    __u8 bytes[SEEN_STACK];
};

/// Which arguments of a call are recorded.
struct seen_spec {
    __u8 count;
    __u8 argument[SEEN_VALUES];
    __u8 in_memory;  ///< the first of them is an address: what is recorded is the 64-bit word that stands there
    __u8 by_option;  ///< the second is recorded only where the first is a bit of seen_options
};

struct seen_file {
    __u64 dev;
    __u64 inode;
    __u64 generation;
};

/// The column of a number, SEEN_COLUMNS where it has none. `compat`: a call of the other ABI.
__attribute__((always_inline)) static inline __u64 seen_column(bool compat, __u32 number) {
    __u64 wide = number;  // 64 bits, so that the verifier follows every comparison
    if (compat) {
        if (wide >= SEEN_COMPAT_COLUMNS) return SEEN_COLUMNS;
        return wide + SEEN_NATIVE_COLUMNS + SEEN_SECOND_COLUMNS;
    }
    if (wide < SEEN_NATIVE_COLUMNS) return wide;
    wide -= SEEN_SECOND_BIT;
    if (wide >= SEEN_SECOND_COLUMNS) return SEEN_COLUMNS;
    return wide + SEEN_NATIVE_COLUMNS;
}
// NOLINTEND(readability-identifier-naming)
