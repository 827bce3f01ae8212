/* clones KIND N: N children by a raw clone or clone3 call, one getppid call in each; the parent sees every one exit 7.
   KIND: fork, silent (no exit signal), usr1 (SIGUSR1 as exit signal), parent (CLONE_PARENT: siblings of their maker),
   untraced (CLONE_UNTRACED); with a 3 behind it, by clone3. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct kind {
    const char* name;
    unsigned long flags;
    int signal;
};

static const struct kind kinds[] = {
    {"fork", 0, SIGCHLD},
    {"silent", 0, 0},
    {"usr1", 0, SIGUSR1},
    {"parent", CLONE_PARENT, SIGCHLD},
    {"untraced", CLONE_UNTRACED, SIGCHLD},
};

/* What the kernel was handed must still be there afterwards, in parent and child: it promises every register but that
   of the result (and rcx and r11, clobbered by the instruction), and only reads clone3's arguments. */
static pid_t by_clone(unsigned long flags, int* kept) {
#ifdef __x86_64__
    long result = SYS_clone;
    unsigned long seen = flags;
    register long r10 __asm__("r10") = 0;
    register long r8 __asm__("r8") = 0;
    __asm__ volatile("syscall"
                     : "+a"(result), "+D"(seen)
                     : "S"(0L), "d"(0L), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    *kept = seen == flags;
    return (pid_t)result;
#else
    *kept = 1;
    return (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, 0);
#endif
}

static pid_t by_clone3(unsigned long flags, int signal, int* kept) {
    volatile struct clone_args args = {.flags = flags, .exit_signal = (unsigned long)signal};
    pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    *kept = args.flags == flags;
    return child;
}

static int make(const struct kind* kind, int use_clone3) {
    /* CLONE_PARENT takes the exit signal from the maker, and clone3 insists on 0 then. */
    int signal = use_clone3 && (kind->flags & CLONE_PARENT) ? 0 : kind->signal;
    int kept = 0;
    pid_t child =
        use_clone3 ? by_clone3(kind->flags, signal, &kept) : by_clone(kind->flags | (unsigned long)signal, &kept);
    if (child == 0) {
        syscall(SYS_getppid);
        _exit(kept ? 7 : 8);
    }
    return child > 0 && kept;
}

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    int n = atoi(argv[2]);
    size_t length = strlen(argv[1]);
    int use_clone3 = argv[1][length - 1] == '3';
    const struct kind* kind = kinds;
    while (strncmp(kind->name, argv[1], length - (size_t)use_clone3) != 0) ++kind;
    signal(SIGUSR1, SIG_IGN);

    pid_t maker = 0;
    if (kind->flags & CLONE_PARENT) {
        maker = fork();
        if (maker != 0) {
            ++n;
        } else {
            for (int i = 0; i < n; ++i) {
                if (!make(kind, use_clone3)) _exit(1);
            }
            _exit(7);
        }
    }
    for (int i = 0; i < n; ++i) {
        if (maker == 0 && !make(kind, use_clone3)) return 3;
        int status = 0;
        if (waitpid(-1, &status, __WALL) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 7) return 4;
    }
    return waitpid(-1, NULL, __WALL) == -1 && errno == ECHILD ? 0 : 5;
}
