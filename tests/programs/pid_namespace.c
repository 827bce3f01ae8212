/* pid_namespace N: the init of a new pid namespace and N children make one getppid call each, N + 1 in all; init then
   ends and takes a sleeping child with it. Exits 77 where a user namespace is not permitted. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int as_init(int n) {
    if (getpid() != 1) return 1;
    for (int i = 0; i < n; ++i) {
        if (fork() == 0) {
            syscall(SYS_getppid);
            _exit(7);
        }
    }
    for (int i = 0; i < n; ++i) {
        int status = 0;
        if (wait(&status) < 0 || WEXITSTATUS(status) != 7) return 2;
    }
    if (fork() == 0) {
        for (;;) pause();
    }
    syscall(SYS_getppid);
    return 9;
}

int main(int argc, char** argv) {
    int n = argc > 1 ? atoi(argv[1]) : 1;
    if (unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0) {
        puts("no user namespaces here");
        return 77;
    }
    pid_t init = fork();
    if (init == 0) _exit(as_init(n));
    int status = 0;
    if (waitpid(init, &status, 0) != init) return 3;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 4;
}
