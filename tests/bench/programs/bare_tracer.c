// bare_tracer REQUESTS getppid|writev PROGRAM [ARGUMENT...]: the least that a tracer can do. The call stops PROGRAM, which
// goes on after so many requests about it, whose answers nobody looks at: with 0 what anything more costs is measured
// against, with more what asking alone costs.
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int load_filter(long number) {
    struct sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
                                 BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
                                 BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
                                 BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

int main(int argc, char** argv) {
    if (argc < 4) return 2;
    const int requests = atoi(argv[1]);
    const long number = strcmp(argv[2], "writev") == 0 ? SYS_writev : SYS_getppid;
    int go[2];
    if (pipe(go) != 0) return 1;
    const pid_t child = fork();
    if (child == 0) {
        char byte;
        close(go[1]);
        if (read(go[0], &byte, 1) != 0 || load_filter(number) != 0) _exit(126);
        close(go[0]);
        execv(argv[3], argv + 3);
        _exit(127);
    }
    if (ptrace(PTRACE_SEIZE, child, NULL, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL) != 0) {
        perror("PTRACE_SEIZE");
        kill(child, SIGKILL);
        return 1;
    }
    close(go[0]);
    close(go[1]);
    int status;
    char answer[128];
    while (waitpid(-1, &status, __WALL) == child && WIFSTOPPED(status)) {
        for (int i = 0; i < requests; ++i) ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof answer, answer);
        ptrace(PTRACE_CONT, child, NULL, NULL);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
