#pragma once

// What seen.bpf.c reads of the kernel: its types, as far as that. Offsets are those of the kernel that runs (its BTF),
// not of any header.

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct super_block {
    __u32 s_dev;
};

struct inode {
    struct super_block* i_sb;
    unsigned long i_ino;
    __u32 i_generation;
};

struct file {
    struct inode* f_inode;
};

struct linux_binprm {
    struct file* file;
    const char* interp;
};

typedef struct {
    int counter;
} atomic_t;

struct signal_struct {
    atomic_t live;
};

struct thread_info {
    unsigned long flags;
    __u32 status;  // x86
};

struct upid {
    int nr;
};

struct pid {
    unsigned int level;
    struct upid numbers[1];  // one for each level
};

struct mm_struct {
    unsigned long start_stack;
};

struct task_struct {
    struct thread_info thread_info;
    int tgid;
    struct task_struct* real_parent;
    struct task_struct* group_leader;
    struct pid* thread_pid;
    struct mm_struct* mm;
    struct signal_struct* signal;
};

#if defined(__TARGET_ARCH_x86)
#define COMPAT_WORD status
#define COMPAT_BIT 2  // TS_COMPAT
struct pt_regs {
    unsigned long r10, r9, r8, dx, si, di, bp, bx, cx;
};
#elif defined(__TARGET_ARCH_arm64)
#define COMPAT_WORD flags
#define COMPAT_BIT (1 << 22)  // TIF_32BIT
struct user_pt_regs {
    unsigned long regs[31];
};
struct pt_regs {
    struct user_pt_regs user_regs;
};
#endif

#pragma clang attribute pop
