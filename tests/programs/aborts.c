/* aborts T: T threads of a child make one getppid call each and sleep; then one more aborts. The parent prints the
   signal and whether there was a core dump, which it removes. */
#define _GNU_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_barrier_t called;

static void* work(void* unused) {
    syscall(SYS_getppid);
    pthread_barrier_wait(&called);
    for (;;) pause();
    return unused;
}

static void be_child(int threads) {
    pthread_barrier_init(&called, NULL, (unsigned)threads + 1);
    for (int i = 0; i < threads; ++i) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, work, NULL) != 0) _exit(1);
    }
    pthread_barrier_wait(&called);
    abort();
}

int main(int argc, char** argv) {
    int threads = argc > 1 ? atoi(argv[1]) : 1;
    char directory[] = "/tmp/callgate-core-XXXXXX";
    if (mkdtemp(directory) == NULL || chdir(directory) != 0) return 1;
    struct rlimit limit;
    getrlimit(RLIMIT_CORE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_CORE, &limit);
    pid_t child = fork();
    if (child == 0) be_child(threads);
    int status = 0;
    if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status)) return 2;
    printf("signal %d core %d\n", WTERMSIG(status), WCOREDUMP(status) ? 1 : 0);
    DIR* left = opendir(".");
    for (struct dirent* entry = readdir(left); entry != NULL; entry = readdir(left)) unlink(entry->d_name);
    closedir(left);
    return rmdir(directory);
}
