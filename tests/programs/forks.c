/* forks P N: P children, several at a time, make N getppid calls each; exits with the number that did not exit 7. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    int children = atoi(argv[1]);
    int calls = atoi(argv[2]);
    for (int i = 0; i < children; ++i) {
        if (fork() == 0) {
            for (int j = 0; j < calls; ++j) syscall(SYS_getppid);
            _exit(7);
        }
    }
    int wrong = 0;
    for (int i = 0; i < children; ++i) {
        int status = 0;
        if (wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 7) ++wrong;
    }
    return wrong;
}
