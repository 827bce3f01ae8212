// spawn_many COUNT PROGRAM: forks, executes and awaits PROGRAM, COUNT times one after the other; prints the milliseconds.
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const long count = atol(argv[1]);
    const double begin = now();
    for (long i = 0; i < count; ++i) {
        const pid_t child = fork();
        if (child == 0) {
            execl(argv[2], argv[2], (char*)NULL);
            _exit(127);
        }
        int status;
        if (waitpid(child, &status, 0) != child || status != 0) return 1;
    }
    printf("%.3f\n", now() - begin);
    return 0;
}
