/* kills KIND N: N children are killed at moments of chance. KIND calls: two threads that make up to 10 getppid calls
   each; execs: up to 20 program images, one call in each, the next one by the execve of a second thread. Each call is
   counted in shared memory when it is over; at the end the parent makes as many as bring those to 20 N. A call that was
   begun and not counted may have happened: between 20 N and 22 N calls. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kMost = 20 };

static atomic_int* finished;
static int shared;
static int images_left;

static void map_shared(void) {
    finished = mmap(NULL, sizeof *finished, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
    if (finished == MAP_FAILED) _exit(1);
}

static void call(void) {
    syscall(SYS_getppid);
    atomic_fetch_add(finished, 1);
}

static void* make_calls(void* unused) {
    for (int i = 0; i < kMost / 2; ++i) call();
    for (;;) pause();
    return unused;
}

static void* next_image(void* unused) {
    char memory[16];
    char left[16];
    snprintf(memory, sizeof memory, "%d", shared);
    snprintf(left, sizeof left, "%d", images_left - 1);
    execl("/proc/self/exe", "kills", "image", memory, left, (char*)NULL);
    _exit(1);
    return unused;
}

static void be_image(void) {
    pthread_t thread;
    if (images_left > 0) {
        call();
        if (pthread_create(&thread, NULL, next_image, NULL) != 0) _exit(1);
    }
    for (;;) pause();
}

static void be_child(int executes) {
    pthread_t thread;
    images_left = kMost + 1;
    if (executes) next_image(NULL);
    if (pthread_create(&thread, NULL, make_calls, NULL) == 0) make_calls(NULL);
    _exit(1);
}

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    if (strcmp(argv[1], "image") == 0) {
        shared = atoi(argv[2]);
        images_left = atoi(argv[3]);
        map_shared();
        be_image();
    }
    int executes = strcmp(argv[1], "execs") == 0;
    int n = atoi(argv[2]);
    shared = memfd_create("finished", 0);
    if (shared < 0 || ftruncate(shared, sizeof *finished) != 0) return 1;
    map_shared();
    unsigned seed = (unsigned)getpid();
    for (int i = 0; i < n; ++i) {
        pid_t child = fork();
        if (child < 0) return 4; /* a signal to -1 would go to everybody */
        if (child == 0) be_child(executes);
        /* From at once to some time later. */
        for (int spins = rand_r(&seed) % (executes ? 5000 : 300); spins > 0; --spins) getpgrp();
        int status = 0;
        kill(child, SIGKILL);
        if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) return 3;
    }
    for (int left = kMost * n - atomic_load(finished); left > 0; --left) syscall(SYS_getppid);
    return 0;
}
