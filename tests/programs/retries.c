/* retries CALL N: a handler without SA_RESTART interrupts the blocked CALL (readv, poll) N times, EINTR each time, and
   the program makes it again: N + 1 calls. Each signal comes only when its call has begun. */
#define _GNU_SOURCE
#include "blocked.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static int pipe_ends[2];
static int wanted;
static long nr;
static pthread_t caller;
static atomic_int calls;

static void on_signal(int number) {
    (void)number;
}

static void* interrupt(void* unused) {
    for (int i = 1; i <= wanted; ++i) {
        while (atomic_load(&calls) < i) sched_yield();
        wait_until_in(getpid(), nr);
        pthread_kill(caller, SIGUSR1);
    }
    while (atomic_load(&calls) <= wanted) sched_yield();
    if (write(pipe_ends[1], "x", 1) != 1) _exit(1);
    return unused;
}

int main(int argc, char** argv) {
    if (argc < 3 || pipe(pipe_ends) != 0) return 2;
    wanted = atoi(argv[2]);
    nr = strcmp(argv[1], "poll") == 0 ? SYS_poll : SYS_readv;
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGUSR1, &action, NULL);
    caller = pthread_self();
    pthread_t thread;
    if (pthread_create(&thread, NULL, interrupt, NULL) != 0) return 1;

    char byte = 0;
    struct iovec into = {&byte, 1};
    struct pollfd readable = {pipe_ends[0], POLLIN, 0};
    long result = 0;
    do {
        /* All six arguments: the calls are then alike in every register that the kernel shows. */
        atomic_fetch_add(&calls, 1);
        result = nr == SYS_poll ? syscall(nr, &readable, 1, -1, 0, 0, 0) : syscall(nr, pipe_ends[0], &into, 1, 0, 0, 0);
    } while (result < 0 && errno == EINTR);
    pthread_join(thread, NULL);
    printf("result %ld after %d calls\n", result, atomic_load(&calls));
    return 0;
}
