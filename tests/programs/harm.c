/* harm CALL: makes a call of those that change the whole host, with arguments that the kernel refuses whoever asks, and
   prints the errno. Exits 77 for a call that this architecture does not have. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { kNone = -2 };
#ifndef SYS_stime
#define SYS_stime kNone
#endif
#define NOWHERE "/no/such/directory/file"
#define BAD_POINTER 8L
#define ALL_FLAGS (-1L)

struct call {
    const char* name;
    long nr;
    long args[4];
};

static const struct call calls[] = {
    {"acct", SYS_acct, {BAD_POINTER}},
    {"adjtimex", SYS_adjtimex, {BAD_POINTER}},
    {"bpf", SYS_bpf, {ALL_FLAGS, BAD_POINTER, 8}},
    {"clock_adjtime", SYS_clock_adjtime, {0, BAD_POINTER}},
    {"clock_settime", SYS_clock_settime, {0, BAD_POINTER}},
    {"delete_module", SYS_delete_module, {(long)"callgate-no-such-module", 0}},
    {"finit_module", SYS_finit_module, {-1, (long)"", 0}},
    {"init_module", SYS_init_module, {BAD_POINTER, 0, (long)""}},
    {"kexec_file_load", SYS_kexec_file_load, {-1, -1, 0, BAD_POINTER}},
    {"kexec_load", SYS_kexec_load, {0, 0, BAD_POINTER, ALL_FLAGS}},
    {"pivot_root", SYS_pivot_root, {(long)NOWHERE, (long)NOWHERE}},
    {"quotactl", SYS_quotactl, {ALL_FLAGS, BAD_POINTER, 0, 0}},
    {"reboot", SYS_reboot, {1, 2, 3}},
    {"settimeofday", SYS_settimeofday, {BAD_POINTER, 0}},
    {"stime", SYS_stime, {BAD_POINTER}},
    {"swapoff", SYS_swapoff, {(long)NOWHERE}},
    {"swapon", SYS_swapon, {(long)NOWHERE, 0}},
    {"vhangup", SYS_vhangup, {0}},
};

int main(int argc, char** argv) {
    for (size_t i = 0; argc > 1 && i < sizeof calls / sizeof *calls; ++i) {
        const struct call* call = &calls[i];
        if (strcmp(argv[1], call->name) != 0) continue;
        if (call->nr == kNone) return 77;
        if (call->nr == SYS_vhangup && getuid() == 0 && setuid(65534) != 0) return 1; /* has no arguments to be wrong */
        long result = syscall(call->nr, call->args[0], call->args[1], call->args[2], call->args[3]);
        printf("result %ld errno %d\n", result, result < 0 ? errno : 0);
        return 0;
    }
    return 2;
}
