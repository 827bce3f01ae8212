/* number NR N: N calls of the system call NR, which may be any number, without arguments. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    long nr = strtol(argv[1], NULL, 0);
    for (int i = 0; i < atoi(argv[2]); ++i) syscall(nr);
    return 0;
}
