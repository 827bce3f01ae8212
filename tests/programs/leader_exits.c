/* leader_exits T N: the first thread ends; T others wait until it is a zombie, then make N getppid calls each. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int calls;

static void* work(void* unused) {
    for (char state = 'R'; state != 'Z'; sched_yield()) {
        char path[64];
        snprintf(path, sizeof path, "/proc/self/task/%d/stat", getpid());
        FILE* stat = fopen(path, "re");
        if (stat == NULL || fscanf(stat, "%*d (%*[^)]) %c", &state) != 1) _exit(1);
        fclose(stat);
    }
    for (int i = 0; i < calls; ++i) syscall(SYS_getppid);
    return unused;
}

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    calls = atoi(argv[2]);
    for (int i = 0; i < atoi(argv[1]); ++i) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, work, NULL) != 0) return 1;
    }
    pthread_exit(NULL);
}
