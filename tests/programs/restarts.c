/* restarts N: one blocking readv that at least N signals with SA_RESTART interrupt. The kernel enters the call again
   after each of them; the program made one call. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int pipe_ends[2];
static int wanted;
static volatile sig_atomic_t seen;

static void on_signal(int number) {
    (void)number;
    char byte = 'x';
    if (++seen == wanted && write(pipe_ends[1], &byte, 1) != 1) _exit(1);
}

int main(int argc, char** argv) {
    wanted = argc > 1 ? atoi(argv[1]) : 3;
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigaction(SIGUSR1, &action, NULL);
    if (pipe(pipe_ends) != 0) return 1;
    pid_t parent = getpid();
    pid_t child = fork();
    if (child < 0) return 6; /* a signal to -1 would go to everybody */
    if (child == 0) {
        for (;;) {
            kill(parent, SIGUSR1);
            usleep(2000);
        }
    }
    char byte = 0;
    struct iovec into = {&byte, 1};
    ssize_t count = readv(pipe_ends[0], &into, 1);
    signal(SIGUSR1, SIG_IGN);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return count == 1 && byte == 'x' ? 0 : 5;
}
