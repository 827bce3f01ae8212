/* threads T N: T threads make N getppid calls each. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int calls;

static void* work(void* unused) {
    for (int i = 0; i < calls; ++i) syscall(SYS_getppid);
    return unused;
}

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    int count = atoi(argv[1]);
    calls = atoi(argv[2]);
    pthread_t* threads = calloc((size_t)count, sizeof *threads);
    for (int i = 0; i < count; ++i) {
        if (pthread_create(&threads[i], NULL, work, NULL) != 0) return 1;
    }
    for (int i = 0; i < count; ++i) pthread_join(threads[i], NULL);
    return 0;
}
