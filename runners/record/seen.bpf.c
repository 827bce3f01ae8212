// Counts the system calls of one process tree, in the kernel. It is loaded for each recording anew; seen_maps.cpp says
// whose execve it waits for, and reads the counters where they are: there is no stream of events that could lose one.
//
// Who belongs to the tree is kept by process (tgid), not by thread: an execve by a thread other than the first gives
// that thread the process's number, and threads need no entry. A process is entered at its first execve or by its
// parent's fork, before it runs, and leaves when its last thread ends, before its number can be given to another.
//
// A processor's counters need no locks: the kernel runs a tracepoint's program without preemption, or, where it may be
// preempted, only once at a time on a processor. What it leaves out for that it counts, and bpf.cpp tells it as a gap
// (bpf_prog_info.recursion_misses).

#include <linux/bpf.h>

// These need the types above.
#include "runners/record/seen_kernel.bpf.h"
#include "runners/record/seen_layout.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

// --- what seen_maps.cpp sets before it attaches ----------------------------------------------------------------------

__u32 seen_leader;  // whose execve begins the recording, as callgate's own pid namespace calls it
__u64 seen_namespace_dev;
__u64 seen_namespace_inode;
__s32 seen_execve;       // its number
__s32 seen_vsyscall[3];  // the numbers behind the vsyscall page
__u64 seen_options[2];   // of seen_spec.by_option
struct seen_spec seen_spec[SEEN_SPECS];
__u8 seen_spec_of[SEEN_COLUMNS];  // 0: no argument is recorded
__u32 seen_first_flags;           // of a call's slot; SEEN_WANTS_STACK or 0

// --- what seen_maps.cpp may change at any time -----------------------------------------------------------------------

__u32 seen_phase;  // from 1

// --- what seen_maps.cpp reads ----------------------------------------------------------------------------------------

__u32 seen_started;
__u64 seen_started_at;  // in ns, and the same moment in ticks
__u64 seen_started_tick;
__u32 seen_level;                           // how deep callgate's pid namespace lies
__u64 seen_lost;                            // calls that could not be counted
struct seen_call seen_call_of[SEEN_SLOTS];  // executable 0: the slot is free
__u64 seen_untold[SEEN_SLOTS];              // calls whose arguments are not among the values
__u32 seen_distinct[SEEN_SLOTS];
char seen_path[SEEN_EXECUTABLES][SEEN_PATH];  // as execve was given it, of a script its interpreter
struct seen_file seen_file_of[SEEN_EXECUTABLES];
__u16 seen_slot[SEEN_EXECUTABLES * SEEN_COLUMNS];

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, SEEN_PIDS / 8);
    __type(key, __u32);
    __type(value, __u8[8]);
} seen_members SEC(".maps");

// By processor, then by slot. seen_maps.cpp says how many processors there may be, and maps it.
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, SEEN_SLOTS);
    __type(key, __u32);
    __type(value, struct seen_counter);
} seen_counters SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, SEEN_SLOTS);
    __type(key, struct seen_call);
    __type(value, struct seen_counter);
} seen_rare SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, SEEN_ALL_VALUES);
    __type(key, struct seen_values);
    __type(value, __u64);
} seen_values SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, SEEN_EXECUTABLES);
    __type(key, struct seen_file);
    __type(value, __u32);
} seen_executables SEC(".maps");

// Taken out as they come, by stack_samples.cpp.
struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, SEEN_STACKS_BYTES);
} seen_stacks SEC(".maps");

// Numbers that are still free, filled by seen_maps.cpp: taking one is atomic on every kernel, as a fetching add is not.
struct {
    __uint(type, BPF_MAP_TYPE_QUEUE);
    __uint(max_entries, SEEN_SLOTS);
    __type(value, __u32);
} seen_free_slots SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_QUEUE);
    __uint(max_entries, SEEN_EXECUTABLES);
    __type(value, __u32);
} seen_free_executables SEC(".maps");

// --- who -------------------------------------------------------------------------------------------------------------

static __always_inline __u32 current_tgid(void) {
    return bpf_get_current_pid_tgid() >> 32;
}

// Where the executable of a process stands; 0 there: not of the tree.
static __always_inline __u8* member(__u32 tgid) {
    __u32 key = tgid / 8;
    __u8* eight = bpf_map_lookup_elem(&seen_members, &key);
    return eight ? eight + (tgid & 7) : NULL;
}

// The calling thread's process and ABI. `compat`: the call is one of the other ABI. x86: syscall_get_arch() asks the same
// bit (arch/x86/include/asm/syscall.h); the code segment would not tell, for `int 0x80` works in 64-bit code. arm64:
// is_compat_task() (arch/arm64/include/asm/compat.h).
static __always_inline void look_at_caller(__u32* tgid, __u8* compat) {
    if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)) {
        struct task_struct* task = (struct task_struct*)bpf_get_current_task_btf();
        *tgid = task->tgid;
        *compat = (task->thread_info.COMPAT_WORD & COMPAT_BIT) != 0;
        return;
    }
    struct task_struct* task = (struct task_struct*)bpf_get_current_task();
    *tgid = current_tgid();
    *compat = (BPF_CORE_READ(task, thread_info.COMPAT_WORD) & COMPAT_BIT) != 0;
}

// --- counting --------------------------------------------------------------------------------------------------------

// The last time is kept in ticks, which cost one load; seen_maps.cpp makes nanoseconds of them.
static __always_inline void stamp(struct seen_counter* counter) {
    counter->last_tick = bpf_jiffies64();
    if (counter->phase == seen_phase) return;
    counter->first = bpf_ktime_get_ns();
    counter->phase = seen_phase;
}

// A call without a column, or for which no slot was left.
static __always_inline void count_rare(const struct seen_call* call) {
    struct seen_counter* counter = bpf_map_lookup_elem(&seen_rare, call);
    if (!counter) {
        struct seen_counter none = {};
        bpf_map_update_elem(&seen_rare, call, &none, BPF_NOEXIST);
        counter = bpf_map_lookup_elem(&seen_rare, call);
    }
    if (!counter) {
        __sync_fetch_and_add(&seen_lost, 1);
        return;
    }
    stamp(counter);
    __sync_fetch_and_add(&counter->count, 1);
}

// The same value, of which the compiler knows nothing: it would leave out a comparison that the verifier needs.
static __always_inline __u64 opaque(__u64 value) {
    __asm__ volatile("" : "+r"(value));
    return value;
}

// Two processors may see a call first at the same time and take a slot each: seen_maps.cpp adds them up.
static __noinline __u32 take_slot(__u64 at, __u64 column, const struct seen_call* call) {
    __u32 slot = 0;
    at = opaque(at);
    column = opaque(column);
    if (at >= SEEN_EXECUTABLES * SEEN_COLUMNS || column >= SEEN_COLUMNS) return 0;
    if (bpf_map_pop_elem(&seen_free_slots, &slot) || slot >= SEEN_SLOTS) return 0;
    seen_call_of[slot] = *call;
    slot |= seen_first_flags;
    if (seen_spec_of[column]) slot |= SEEN_WITH_VALUES;
    seen_slot[at] = slot;
    return slot;
}

// The slot of the call that was counted, or 0.
static __always_inline __u32 count(const struct seen_call* call, __u64 column) {
    __u32 slot = 0;
    if (column < SEEN_COLUMNS) {
        __u64 at = opaque((__u64)call->executable * SEEN_COLUMNS + column);
        if (at < SEEN_EXECUTABLES * SEEN_COLUMNS) {
            slot = seen_slot[at];
            if (!slot) slot = take_slot(at, column, call);
        }
    }
    __u32 key = bpf_get_smp_processor_id() * SEEN_SLOTS + (slot & (SEEN_SLOTS - 1));
    struct seen_counter* counter = slot ? bpf_map_lookup_elem(&seen_counters, &key) : NULL;
    if (!counter) {
        count_rare(call);
        return 0;
    }
    stamp(counter);
    ++counter->count;
    return slot;
}

// --- arguments -------------------------------------------------------------------------------------------------------

// As seccomp(2) shows it.
static __always_inline __u64 argument(struct pt_regs* regs, __u32 compat, __u32 index) {
#if defined(__TARGET_ARCH_x86)
    if (compat) {
        switch (index) {
            case 0:
                return (__u32)regs->bx;
            case 1:
                return (__u32)regs->cx;
            case 2:
                return (__u32)regs->dx;
            case 3:
                return (__u32)regs->si;
            case 4:
                return (__u32)regs->di;
            default:
                return (__u32)regs->bp;
        }
    }
    switch (index) {
        case 0:
            return regs->di;
        case 1:
            return regs->si;
        case 2:
            return regs->dx;
        case 3:
            return regs->r10;
        case 4:
            return regs->r8;
        default:
            return regs->r9;
    }
#elif defined(__TARGET_ARCH_arm64)
    __u64 value;
    switch (index) {
        case 0:
            value = regs->user_regs.regs[0];
            break;
        case 1:
            value = regs->user_regs.regs[1];
            break;
        case 2:
            value = regs->user_regs.regs[2];
            break;
        case 3:
            value = regs->user_regs.regs[3];
            break;
        case 4:
            value = regs->user_regs.regs[4];
            break;
        default:
            value = regs->user_regs.regs[5];
            break;
    }
    return compat ? (__u32)value : value;
#endif
}

static __always_inline bool read_values(struct pt_regs* regs, const struct seen_spec* spec,
                                        struct seen_values* values) {
    __u32 compat = values->call.compat;
    __u64 first = argument(regs, compat, spec->argument[0]);
    if (spec->in_memory) return bpf_probe_read_user(&values->value[0], sizeof(__u64), (void*)first) == 0;
    values->value[0] = first;
    if (spec->count < 2) return true;
    if (spec->by_option && (first >= 128 || !(seen_options[first / 64 & 1] >> (first & 63) & 1))) return true;
    values->value[1] = argument(regs, compat, spec->argument[1]);
    if (spec->count > 2) values->value[2] = argument(regs, compat, spec->argument[2]);
    return true;
}

static __always_inline bool note_values(struct pt_regs* regs, __u64 slot, const struct seen_call* call, __u64 column) {
    struct seen_values values = {.call = *call};
    column = opaque(column);
    if (column >= SEEN_COLUMNS) return false;
    __u64 row = opaque(seen_spec_of[column]);
    if (row >= SEEN_SPECS || !read_values(regs, &seen_spec[row], &values)) return false;
    __u64* times = bpf_map_lookup_elem(&seen_values, &values);
    if (!times) {
        if (seen_distinct[slot] >= SEEN_MOST_DISTINCT) return false;
        __u64 none = 0;
        if (bpf_map_update_elem(&seen_values, &values, &none, BPF_NOEXIST) == 0) {
            __sync_fetch_and_add(&seen_distinct[slot], 1);
        }
        times = bpf_map_lookup_elem(&seen_values, &values);
        if (!times) return false;
    }
    __sync_fetch_and_add(times, 1);
    return true;
}

// --- where in the code ------------------------------------------------------------------------------------------------

// A task's number, as callgate's own pid namespace calls it.
static __always_inline __u32 number_of(struct task_struct* task) {
    void* pid = BPF_CORE_READ(task, thread_pid);
    __u64 offset = bpf_core_field_offset(struct pid, numbers) + bpf_core_field_offset(struct upid, nr);
    __u32 number = 0;
    bpf_probe_read_kernel(&number, sizeof number, pid + offset + seen_level * bpf_core_type_size(struct upid));
    return number;
}

// Copies what it takes to unwind the stack later (stack_samples.cpp does): the kernel could only follow frame pointers,
// which most programs do not have. While there is no room, the next call of that kind is asked again.
static __noinline void copy_stack(struct pt_regs* regs, __u64 at, const struct seen_call* call) {
    at = opaque(at);
    if (at >= SEEN_EXECUTABLES * SEEN_COLUMNS) return;
    struct seen_stack* copy = bpf_ringbuf_reserve(&seen_stacks, sizeof *copy, 0);
    if (!copy) return;
    seen_slot[at] &= ~SEEN_WANTS_STACK;
    struct task_struct* task = (struct task_struct*)bpf_get_current_task();
    copy->call = *call;
    copy->phase = seen_phase;
    copy->task = number_of(task);
    copy->process = number_of(BPF_CORE_READ(task, group_leader));
    copy->parent = number_of(BPF_CORE_READ(task, real_parent, group_leader));
    copy->unused = 0;
    copy->start_stack = BPF_CORE_READ(task, mm, start_stack);
    bpf_probe_read_kernel(copy->registers, sizeof copy->registers, regs);
    copy->begin = copy->registers[SEEN_STACK_POINTER] & ~(__u64)(SEEN_STACK_PIECE - 1);
    copy->size = 0;
#pragma unroll
    for (__u32 done = 0; done < SEEN_STACK; done += SEEN_STACK_PIECE) {
        // A piece is never on two pages, so that the end of the stack cuts none.
        if (bpf_probe_read_user(copy->bytes + done, SEEN_STACK_PIECE, (void*)(copy->begin + done))) break;
        copy->size = done + SEEN_STACK_PIECE;
    }
    bpf_ringbuf_submit(copy, 0);
}

// --- where it is attached --------------------------------------------------------------------------------------------

SEC("tp_btf/sys_enter")
int BPF_PROG(on_sys_enter, struct pt_regs* regs, long id) {
    __u32 tgid = 0;
    struct seen_call call = {.nr = (__s32)id};
    look_at_caller(&tgid, &call.compat);
    __u8* who = member(tgid);
    if (!who || !*who) return 0;
    call.executable = *who;
    __u64 column = seen_column(call.compat, (__u32)call.nr);
    __u64 slot = count(&call, column);
    if (!(slot & (SEEN_WITH_VALUES | SEEN_WANTS_STACK))) return 0;
    if (slot & SEEN_WANTS_STACK) copy_stack(regs, (__u64)call.executable * SEEN_COLUMNS + column, &call);
    if (!(slot & SEEN_WITH_VALUES)) return 0;
    slot &= SEEN_SLOTS - 1;
    if (!note_values(regs, slot, &call, column)) __sync_fetch_and_add(&seen_untold[slot], 1);
    return 0;
}

// A call by the vsyscall page enters the kernel by a fault; seccomp is asked about it all the same.
SEC("tp_btf/emulate_vsyscall")
int BPF_PROG(on_vsyscall, int which) {
    __u8* who = member(current_tgid());
    if (!who || !*who || (__u32)which > 2) return 0;
    struct seen_call call = {.executable = *who, .nr = seen_vsyscall[which]};
    count(&call, seen_column(false, (__u32)call.nr));
    return 0;
}

static __always_inline bool is_awaited_leader(void) {
    struct bpf_pidns_info inside = {};
    if (seen_started) return false;
    if (bpf_get_ns_current_pid_tgid(seen_namespace_dev, seen_namespace_inode, &inside, sizeof inside)) return false;
    return inside.tgid == seen_leader;
}

static __always_inline __u32 executable_of(struct linux_binprm* bprm) {
    struct inode* inode = bprm->file->f_inode;
    struct seen_file file = {inode->i_sb->s_dev, inode->i_ino, inode->i_generation};
    __u32* known = bpf_map_lookup_elem(&seen_executables, &file);
    if (known) return *known;
    __u32 fresh = 0;
    if (bpf_map_pop_elem(&seen_free_executables, &fresh) || !fresh) return SEEN_OTHER;
    if (bpf_map_update_elem(&seen_executables, &file, &fresh, BPF_NOEXIST)) {
        bpf_map_push_elem(&seen_free_executables, &fresh, 0);
        known = bpf_map_lookup_elem(&seen_executables, &file);
        return known ? *known : SEEN_OTHER;
    }
    __u64 at = opaque(fresh);
    if (at >= SEEN_OTHER) return SEEN_OTHER;
    seen_file_of[at] = file;
    bpf_probe_read_kernel_str(seen_path[at], SEEN_PATH, bprm->interp);
    return at;
}

// The execve that begins the recording was entered before its process belonged to the tree: it is counted here, since a
// profile must permit it.
SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct* task, int old_pid, struct linux_binprm* bprm) {
    __u8* who = member(current_tgid());
    if (!who) return 0;
    bool begins = !*who;
    if (begins && !is_awaited_leader()) return 0;
    __u32 executable = executable_of(bprm);
    *who = executable;
    if (!begins) return 0;
    seen_started = 1;
    seen_level = BPF_CORE_READ(task, thread_pid, level);
    seen_started_at = bpf_ktime_get_ns();
    seen_started_tick = bpf_jiffies64();
    struct seen_call call = {.executable = executable, .nr = seen_execve};
    count(&call, seen_column(false, (__u32)call.nr));
    return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct* parent, struct task_struct* child) {
    __u32 tgid = current_tgid();
    __u8* who = member(tgid);
    if (!who || !*who) return 0;
    __u32 born = child->tgid;
    if (born == tgid) return 0;
    __u8* entry = member(born);
    if (entry) *entry = *who;
    return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct* task) {
    __u8* who = member(current_tgid());
    if (who && *who && task->signal->live.counter == 0) *who = 0;
    return 0;
}
