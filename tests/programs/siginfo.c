/* siginfo N: 3 N queued real-time signals that wait together, then 3 N sent one by one into one blocked readv. Each
   comes with its value, sender and code, lowest number first and in order; one getppid call per signal: 6 N calls. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int n;
static int done[2];
static volatile sig_atomic_t wrong;
static volatile sig_atomic_t waiting_together;
static volatile sig_atomic_t total;
static volatile sig_atomic_t next_value[3];
static pid_t sender;

static void on_signal(int number, siginfo_t* info, void* context) {
    (void)context;
    int kind = number - SIGRTMIN;
    if (info->si_signo != number || info->si_code != SI_QUEUE || info->si_pid != sender || info->si_uid != getuid())
        wrong = 1;
    if (info->si_value.sival_int != next_value[kind]++) wrong = 2;
    if (waiting_together && total / n != kind) wrong = 3;
    syscall(SYS_getppid);
    if (++total == 3 * n && !waiting_together && write(done[1], "d", 1) != 1) wrong = 4;
}

static void send_all(pid_t to) {
    for (int i = 0; i < 3 * n; ++i) {
        union sigval value = {.sival_int = i / 3};
        while (sigqueue(to, SIGRTMIN + 2 - i % 3, value) != 0) {
            if (errno != EAGAIN) _exit(1);
            usleep(100); /* the queue is full */
        }
    }
}

int main(int argc, char** argv) {
    n = argc > 1 ? atoi(argv[1]) : 10;
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigset_t three;
    sigemptyset(&three);
    for (int i = 0; i < 3; ++i) sigaddset(&three, SIGRTMIN + i);
    action.sa_mask = three;
    for (int i = 0; i < 3; ++i) sigaction(SIGRTMIN + i, &action, NULL);
    if (pipe(done) != 0) return 1;

    sender = getpid();
    waiting_together = 1;
    sigprocmask(SIG_BLOCK, &three, NULL);
    send_all(sender);
    sigprocmask(SIG_UNBLOCK, &three, NULL);
    if (total != 3 * n || wrong) return 10 + wrong;

    sigprocmask(SIG_BLOCK, &three, NULL);
    waiting_together = total = next_value[0] = next_value[1] = next_value[2] = 0;
    pid_t parent = getpid();
    sender = fork();
    if (sender == 0) {
        send_all(parent);
        _exit(0);
    }
    sigprocmask(SIG_UNBLOCK, &three, NULL);
    char byte = 0;
    struct iovec into = {&byte, 1};
    if (readv(done[0], &into, 1) != 1) return 2;
    if (waitpid(sender, NULL, 0) != sender) return 3;
    printf("%d signals, fault %d\n", (int)total, (int)wrong);
    return 0;
}
