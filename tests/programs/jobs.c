/* jobs SIGNAL T N: a child in a process group of its own with T more threads is stopped N times with SIGSTOP or SIGTSTP
   (by number) and continued; its parent sees each stop and each SIGCONT. Every thread makes one getppid call before and
   one after: 2 (T + 1) calls. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int ready[2];
static int go[2];

static void* work(void* unused) {
    char byte = 'r';
    syscall(SYS_getppid);
    if (write(ready[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 0) _exit(1);
    syscall(SYS_getppid);
    return unused;
}

static void be_child(int threads) {
    pthread_t* all = calloc((size_t)threads, sizeof *all);
    setpgid(0, 0);
    close(go[1]);
    for (int i = 0; i < threads; ++i) {
        if (pthread_create(&all[i], NULL, work, NULL) != 0) _exit(2);
    }
    work(NULL);
    for (int i = 0; i < threads; ++i) pthread_join(all[i], NULL);
    _exit(5);
}

int main(int argc, char** argv) {
    if (argc < 4 || pipe(ready) != 0 || pipe(go) != 0) return 2;
    int number = atoi(argv[1]);
    int threads = atoi(argv[2]);
    pid_t child = fork();
    if (child < 0) return 10; /* a signal to -1 would go to everybody */
    if (child == 0) be_child(threads);
    for (int i = 0; i < threads + 1; ++i) {
        char byte;
        if (read(ready[0], &byte, 1) != 1) return 3;
    }
    int status = 0;
    for (int i = 0; i < atoi(argv[3]); ++i) {
        siginfo_t info = {0};
        kill(-child, number);
        if (waitid(P_PID, (id_t)child, &info, WSTOPPED | WNOWAIT) != 0 || info.si_code != CLD_STOPPED) return 4;
        if (waitpid(child, &status, WUNTRACED) != child || !WIFSTOPPED(status) || WSTOPSIG(status) != number) return 5;
        if (waitpid(child, &status, WUNTRACED | WCONTINUED | WNOHANG) != 0) return 6;
        kill(-child, SIGCONT);
        if (waitpid(child, &status, WCONTINUED) != child || !WIFCONTINUED(status)) return 7;
    }
    close(go[1]);
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return 8;
    return WEXITSTATUS(status) == 5 ? 0 : 9;
}
