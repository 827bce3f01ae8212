/* family N: N children and a grandchild in a session of its own, all asleep; prints "ready" and waits to be killed. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char** argv) {
    int n = argc > 1 ? atoi(argv[1]) : 3;
    syscall(SYS_getppid);
    for (int i = 0; i < n; ++i) {
        if (fork() == 0) {
            for (;;) pause();
        }
    }
    if (fork() == 0) {
        setsid();
        if (fork() != 0) _exit(0);
        for (;;) pause();
    }
    puts("ready");
    fflush(stdout);
    for (;;) pause();
}
