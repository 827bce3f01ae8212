/* undumpable N: a process that nobody but root may look into makes N getppid calls; so does a child of it. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
    int n = argc > 1 ? atoi(argv[1]) : 1;
    if (prctl(PR_SET_DUMPABLE, 0) != 0) return 1;
    pid_t child = fork();
    for (int i = 0; i < n; ++i) syscall(SYS_getppid);
    if (child == 0) _exit(0);
    return waitpid(child, NULL, 0) == child && prctl(PR_GET_DUMPABLE) == 0 ? 0 : 2;
}
