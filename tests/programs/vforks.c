/* vforks N: N children by vfork, one getppid call in each while its parent waits, and one in the parent: 2 N calls. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int family(void) {
    pid_t child = vfork();
    if (child == 0) {
        syscall(SYS_getppid);
        _exit(7);
    }
    syscall(SYS_getppid);
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7;
}

int main(int argc, char** argv) {
    int n = argc > 1 ? atoi(argv[1]) : 1;
    for (int i = 0; i < n; ++i) {
        if (!family()) return 1;
    }
    return 0;
}
