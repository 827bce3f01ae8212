/* paused CALL: a child is stopped and continued three times in one blocked CALL, which then goes on: nanosleep (to its
   end after 0.3 s) or poll (until a byte comes); one call, entered again by the kernel as restart_syscall. */
#define _GNU_SOURCE
#include "blocked.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

/* The child's next change; its end is ours. */
static int next_change(pid_t child, int options) {
    int status = 0;
    if (waitpid(child, &status, options) != child) exit(3);
    if (WIFEXITED(status)) exit(WEXITSTATUS(status));
    return status;
}

int main(int argc, char** argv) {
    int bytes[2];
    if (argc < 2 || pipe(bytes) != 0) return 2;
    int sleeps = strcmp(argv[1], "nanosleep") == 0;
    pid_t child = fork();
    if (child < 0) return 8; /* a signal to -1 would go to everybody */
    if (child == 0) {
        struct timespec nap = {0, 300000000};
        struct pollfd readable = {bytes[0], POLLIN, 0};
        long result = sleeps ? syscall(SYS_nanosleep, &nap, NULL) : syscall(SYS_poll, &readable, 1, 50000);
        dprintf(STDOUT_FILENO, "result %ld errno %d\n", result, result < 0 ? errno : 0);
        _exit(5);
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/syscall", (int)child);
    /* Where a neighbour's call may not be looked at, the stop may come early; the count is the same. */
    for (int in_call = 0; !in_call; sched_yield()) {
        long nr = -1;
        FILE* file = fopen(path, "re");
        in_call = file == NULL || (fscanf(file, "%ld", &nr) == 1 && nr == (sleeps ? SYS_nanosleep : SYS_poll));
        if (file != NULL) fclose(file);
    }
    for (int i = 0; i < 3; ++i) {
        kill(child, SIGSTOP);
        if (!WIFSTOPPED(next_change(child, WUNTRACED))) return 4;
        kill(child, SIGCONT);
        if (!WIFCONTINUED(next_change(child, WCONTINUED))) return 6;
    }
    if (write(bytes[1], "x", 1) != 1) return 1;
    next_change(child, 0);
    return 7;
}
