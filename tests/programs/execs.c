/* execs KIND N: N times a new program image, one getppid call in each; KIND is chain (execve of itself), spawn
   (posix_spawn, which is a vfork), thread (execve by a thread that is not the leader), or zombie (the same, when the
   leader has ended). */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

static char kind[16];
static char left[16];

static int leader_is_zombie(void) {
    char state = 'R';
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", getpid());
    FILE* stat = fopen(path, "re");
    if (stat == NULL || fscanf(stat, "%*d (%*[^)]) %c", &state) != 1) _exit(7);
    fclose(stat);
    return state == 'Z';
}

static void* again(void* unused) {
    while (strcmp(kind, "zombie") == 0 && !leader_is_zombie()) sched_yield();
    char* argv[] = {"execs", kind, left, NULL};
    execv("/proc/thread-self/exe", argv); /* of the leader there may be nothing left */
    _exit(9);
    return unused;
}

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    int n = atoi(argv[2]);
    if (n == 0) return 0;
    snprintf(kind, sizeof kind, "%s", argv[1]);
    if (strcmp(kind, "spawn") == 0) {
        for (int i = 0; i < n; ++i) {
            char* child[] = {"execs", "leaf", "1", NULL};
            pid_t pid = 0;
            int status = 0;
            if (posix_spawn(&pid, "/proc/self/exe", NULL, NULL, child, environ) != 0) return 1;
            if (waitpid(pid, &status, 0) != pid || status != 0) return 1;
        }
        return 0;
    }
    syscall(SYS_getppid);
    if (strcmp(kind, "leaf") == 0) return 0;
    snprintf(left, sizeof left, "%d", n - 1);
    if (strcmp(kind, "thread") == 0 || strcmp(kind, "zombie") == 0) {
        pthread_t thread;
        pthread_create(&thread, NULL, again, NULL);
        if (strcmp(kind, "zombie") == 0) pthread_exit(NULL);
        pthread_join(thread, NULL);
        return 8;
    }
    again(NULL);
    return 8;
}
