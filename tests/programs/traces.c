/* traces N: the program traces a child of its own, which makes N getppid calls once its TRACEME was answered; prints
   whether the child could be traced. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
    int n = argc > 1 ? atoi(argv[1]) : 1;
    pid_t child = fork();
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, 0, 0) == 0) raise(SIGSTOP);
        int error = errno;
        for (int i = 0; i < n; ++i) syscall(SYS_getppid);
        _exit(error);
    }
    int status = 0;
    if (waitpid(child, &status, 0) != child) return 1;
    if (WIFEXITED(status)) {
        printf("not traced: errno %d\n", WEXITSTATUS(status));
        return 0;
    }
    if (ptrace(PTRACE_CONT, child, 0, 0) != 0 || waitpid(child, &status, 0) != child) return 2;
    printf("traced, exited with %d\n", WEXITSTATUS(status));
    return 0;
}
