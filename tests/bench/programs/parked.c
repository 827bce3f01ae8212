// parked THREADS COUNT: starts THREADS threads that do nothing and says "ready"; at the next line of its input it makes
// COUNT calls of getppid, from one place of its first thread, and prints the nanoseconds that each took.
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void* park(void* unused) {
    for (;;) pause();
    return unused;
}

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const long threads = atol(argv[1]);
    const long count = atol(argv[2]);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, PTHREAD_STACK_MIN);
    for (long i = 0; i < threads; ++i) {
        pthread_t thread;
        if (pthread_create(&thread, &small, park, NULL) != 0) {
            fprintf(stderr, "parked: thread %ld of %ld cannot be started\n", i + 1, threads);
            return 1;
        }
    }
    puts("ready");
    fflush(stdout);
    getchar();
    const double begin = now();
    for (long i = 0; i < count; ++i) syscall(SYS_getppid);
    printf("%.1f\n", (now() - begin) / (double)count);
    fflush(stdout);
    _exit(0);
}
