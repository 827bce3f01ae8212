/* sigsys N: N getppid calls under a SIGSYS handler, which prints what the signal says of the call. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void on_sigsys(int number, siginfo_t* info, void* context) {
    (void)context;
    printf("signal %d code %d errno %d syscall %d arch %x\n", number, info->si_code, info->si_errno, info->si_syscall,
           info->si_arch);
    fflush(stdout);
}

int main(int argc, char** argv) {
    int n = argc > 1 ? atoi(argv[1]) : 1;
    struct sigaction action = {.sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO};
    sigaction(SIGSYS, &action, NULL);
    for (int i = 0; i < n; ++i) syscall(SYS_getppid);
    return 0;
}
