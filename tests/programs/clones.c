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

static pid_t make(const struct kind* kind, int by_clone3) {
    /* CLONE_PARENT takes the exit signal from the maker, and clone3 insists on 0 then. */
    int signal = by_clone3 && (kind->flags & CLONE_PARENT) ? 0 : kind->signal;
    struct clone_args args = {.flags = kind->flags, .exit_signal = (unsigned long)signal};
    pid_t child = (pid_t)(by_clone3 ? syscall(SYS_clone3, &args, sizeof args)
                                    : syscall(SYS_clone, kind->flags | (unsigned long)signal, NULL, NULL, NULL, 0));
    if (child == 0) {
        syscall(SYS_getppid);
        _exit(7);
    }
    return child;
}

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    int n = atoi(argv[2]);
    size_t length = strlen(argv[1]);
    int by_clone3 = argv[1][length - 1] == '3';
    const struct kind* kind = kinds;
    while (strncmp(kind->name, argv[1], length - (size_t)by_clone3) != 0) ++kind;
    signal(SIGUSR1, SIG_IGN);

    pid_t maker = 0;
    if (kind->flags & CLONE_PARENT) {
        maker = fork();
        if (maker != 0) {
            ++n;
        } else {
            for (int i = 0; i < n; ++i) {
                if (make(kind, by_clone3) < 0) _exit(1);
            }
            _exit(7);
        }
    }
    for (int i = 0; i < n; ++i) {
        if (maker == 0 && make(kind, by_clone3) < 0) return 3;
        int status = 0;
        if (waitpid(-1, &status, __WALL) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 7) return 4;
    }
    return waitpid(-1, NULL, __WALL) == -1 && errno == ECHILD ? 0 : 5;
}
