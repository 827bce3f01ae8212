// hot_call getppid|writev COUNT: makes one call COUNT times from one place and prints the nanoseconds that each took.
// getppid never blocks and so never restarts; writev may, and to /dev/null does next to nothing.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const long number = strcmp(argv[1], "writev") == 0 ? SYS_writev : SYS_getppid;
    const long count = atol(argv[2]);
    const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    struct iovec byte = {"x", 1};
    const double begin = now();
    for (long i = 0; i < count; ++i) syscall(number, null, &byte, 1);
    printf("%.1f\n", (now() - begin) / (double)count);
    return 0;
}
