/* subreaper N: adopts the N children that its child leaves behind; each makes one getppid call when it is an orphan. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
    int n = argc > 1 ? atoi(argv[1]) : 1;
    int go[2];
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || pipe(go) != 0) return 1;
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < n; ++i) {
            if (fork() != 0) continue;
            close(go[1]);
            char byte;
            if (read(go[0], &byte, 1) != 0) _exit(1);
            syscall(SYS_getppid);
            _exit(7);
        }
        _exit(0);
    }
    if (waitpid(child, NULL, 0) != child) return 2;
    close(go[1]);
    for (int i = 0; i < n; ++i) {
        int status = 0;
        if (wait(&status) < 0 || WEXITSTATUS(status) != 7) return 3;
    }
    return wait(NULL) < 0 ? 0 : 4;
}
