/* enosys FILE: two processes with two threads each make getppid calls for ever; one that is answered with ENOSYS, as
   RET_TRACE is when the tracer has gone, leaves a byte in FILE. Prints "ready". */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static int witness;

static void* work(void* unused) {
    for (;;) {
        if (syscall(SYS_getppid) < 0 && errno == ENOSYS && write(witness, "x", 1) != 1) _exit(1);
    }
    return unused;
}

int main(int argc, char** argv) {
    pthread_t thread;
    if (argc < 2) return 2;
    witness = open(argv[1], O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (witness < 0) return 1;
    pid_t child = fork();
    if (child < 0 || pthread_create(&thread, NULL, work, NULL) != 0) return 1;
    if (child != 0) puts("ready");
    fflush(stdout);
    work(NULL);
}
