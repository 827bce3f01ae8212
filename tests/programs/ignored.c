/* ignored CALL N: N signals that the process ignores are sent to a thread in one blocked CALL (readv and poll, which a byte
   ends, or nanosleep for 0.3 s): one call. */
#define _GNU_SOURCE
#include "blocked.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>

static int pipe_ends[2];
static int wanted;
static long nr;
static pthread_t caller;

static void* annoy(void* unused) {
    wait_until_in(getpid(), nr);
    for (int i = 0; i < wanted; ++i) {
        pthread_kill(caller, i % 2 == 0 ? SIGUSR1 : SIGCHLD);
        sched_yield();
    }
    if (write(pipe_ends[1], "x", 1) != 1) _exit(1);
    return unused;
}

int main(int argc, char** argv) {
    if (argc < 3 || pipe(pipe_ends) != 0) return 2;
    wanted = atoi(argv[2]);
    nr = strcmp(argv[1], "poll") == 0 ? SYS_poll : strcmp(argv[1], "nanosleep") == 0 ? SYS_nanosleep : SYS_readv;
    signal(SIGUSR1, SIG_IGN);
    caller = pthread_self();
    pthread_t thread;
    if (pthread_create(&thread, NULL, annoy, NULL) != 0) return 1;
    char byte = 0;
    struct iovec into = {&byte, 1};
    struct pollfd readable = {pipe_ends[0], POLLIN, 0};
    struct timespec nap = {0, 300000000};
    long result = nr == SYS_poll        ? syscall(nr, &readable, 1, -1)
                  : nr == SYS_nanosleep ? syscall(nr, &nap, NULL)
                                        : syscall(nr, pipe_ends[0], &into, 1);
    pthread_join(thread, NULL);
    printf("result %ld\n", result);
    return 0;
}
