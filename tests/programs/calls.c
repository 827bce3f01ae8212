/* calls N: makes N getppid calls and prints how many gave a pid and how many an error, and the last errno. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char** argv) {
    int n = argc > 1 ? atoi(argv[1]) : 1;
    int good = 0;
    int bad = 0;
    int last = 0;
    for (int i = 0; i < n; ++i) {
        if (syscall(SYS_getppid) > 0) {
            ++good;
        } else {
            ++bad;
            last = errno;
        }
    }
    printf("good %d bad %d errno %d\n", good, bad, last);
    return 0;
}
