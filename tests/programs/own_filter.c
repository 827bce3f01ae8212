/* own_filter KIND N: N getppid calls, then the program loads a filter of its own. KIND, and what follows:
   trace     RET_TRACE for getpgrp, as a debugger's target may: natively ENOSYS
   errno     ERRNO 71 for getppid, which outranks what callgate puts there: N more that nobody else can see
   listener  USER_NOTIF for getpgrp, answered by a thread of its own
   tsync     permits everything, in 4 threads at once (TSYNC), which then make N getppid calls each
   Prints the errno of what its own filter answers. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { kThreads = 4 };

static int calls;
static pthread_barrier_t loaded;

static void make_calls(void) {
    for (int i = 0; i < calls; ++i) syscall(SYS_getppid);
}

static int load(unsigned nr, unsigned action, unsigned flags) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {4, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static void show(long nr) {
    errno = 0;
    long result = syscall(nr);
    printf("result %s errno %d\n", result < 0 ? "-1" : "good", errno);
}

static void* answer(void* listener) {
    struct seccomp_notif request = {0};
    if (ioctl(*(int*)listener, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0) return NULL;
    struct seccomp_notif_resp response = {.id = request.id, .error = -72};
    ioctl(*(int*)listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
    return NULL;
}

static void* wait_and_call(void* unused) {
    pthread_barrier_wait(&loaded);
    make_calls();
    return unused;
}

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    calls = atoi(argv[2]);
    make_calls();
    pthread_t threads[kThreads];
    if (strcmp(argv[1], "trace") == 0) {
        if (load(SYS_getpgrp, SECCOMP_RET_TRACE | 1, 0) != 0) return 1;
        show(SYS_getpgrp);
    } else if (strcmp(argv[1], "errno") == 0) {
        if (load(SYS_getppid, SECCOMP_RET_ERRNO | 71, 0) != 0) return 1;
        make_calls();
        show(SYS_getppid);
    } else if (strcmp(argv[1], "listener") == 0) {
        int listener = load(SYS_getpgrp, SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER);
        if (listener < 0) return 1;
        pthread_create(&threads[0], NULL, answer, &listener);
        show(SYS_getpgrp);
        pthread_join(threads[0], NULL);
    } else {
        pthread_barrier_init(&loaded, NULL, kThreads + 1);
        for (int i = 0; i < kThreads; ++i) pthread_create(&threads[i], NULL, wait_and_call, NULL);
        if (load(SYS_getpgrp, SECCOMP_RET_ALLOW, SECCOMP_FILTER_FLAG_TSYNC) != 0) return 1;
        pthread_barrier_wait(&loaded);
        for (int i = 0; i < kThreads; ++i) pthread_join(threads[i], NULL);
    }
    return 0;
}
