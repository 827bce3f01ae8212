/* daemon N: forks twice; the grandchild outlives its parents and then makes N getppid calls. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char** argv) {
    int n = argc > 1 ? atoi(argv[1]) : 1;
    int alive[2];
    if (pipe(alive) != 0) return 1;
    if (fork() != 0) return 3;
    if (setsid() < 0 || fork() != 0) _exit(0);
    /* End-of-file comes when both parents are gone. */
    close(alive[1]);
    char byte;
    if (read(alive[0], &byte, 1) != 0) _exit(1);
    for (int i = 0; i < n; ++i) syscall(SYS_getppid);
    return 0;
}
