/* paused CALL: a child is stopped and continued in one blocked CALL, which then goes on: nanosleep (to its end after
   0.3 s) or poll (until a byte comes); one call. */
#define _GNU_SOURCE
#include "blocked.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

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
        _exit(result == (sleeps ? 0 : 1) ? 5 : 6);
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
    int status = 0;
    for (int i = 0; i < 3; ++i) {
        kill(child, SIGSTOP);
        if (waitpid(child, &status, WUNTRACED) != child || !WIFSTOPPED(status)) return 3;
        kill(child, SIGCONT);
        if (waitpid(child, &status, WCONTINUED) != child || !WIFCONTINUED(status)) return 4;
    }
    if (write(bytes[1], "x", 1) != 1) return 1;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return 7;
    return WEXITSTATUS(status);
}
