/* stops: a child stops itself with SIGSTOP; the parent sees the stop, continues it, sees that and its exit status 5. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    pid_t child = fork();
    if (child < 0) return 4; /* a signal to -1 would go to everybody */
    if (child == 0) {
        syscall(SYS_getppid);
        raise(SIGSTOP);
        syscall(SYS_getppid);
        _exit(5);
    }
    int status = 0;
    if (waitpid(child, &status, WUNTRACED) != child || !WIFSTOPPED(status) || WSTOPSIG(status) != SIGSTOP) return 1;
    kill(child, SIGCONT);
    if (waitpid(child, &status, WCONTINUED) != child || !WIFCONTINUED(status)) return 2;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 5) return 3;
    return 0;
}
