/* needs: on each SIGUSR1 renames ./before to ./after, without which it ends; writes it to disk, and complains where it
 * cannot; and asks for its priority, and minds no answer. Says "done" then. SIGTERM ends it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int work(void) {
    const int file = open("before", O_WRONLY | O_CREAT, 0600);
    if (file < 0) return 3;
    if (fsync(file) != 0) fprintf(stderr, "error: cannot write to disk: %s\n", strerror(errno));
    close(file);
    if (rename("before", "after") != 0) return 4;
    errno = 0;
    (void)getpriority(PRIO_PROCESS, 0);
    puts("done");
    return 0;
}

int main(void) {
    sigset_t waited;
    sigemptyset(&waited);
    sigaddset(&waited, SIGUSR1);
    sigaddset(&waited, SIGTERM);
    sigprocmask(SIG_BLOCK, &waited, NULL);
    setvbuf(stdout, NULL, _IONBF, 0);
    puts("up");
    for (;;) {
        int number = 0;
        if (sigwait(&waited, &number) != 0) return 2;
        if (number == SIGTERM) return 0;
        const int failed = work();
        if (failed != 0) return failed;
    }
}
