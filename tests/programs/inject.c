/* inject CALL ERRNO FIRST STEP AFTER LOG COMMAND...: runs COMMAND and lets system call number CALL of its process (all
   threads, no child process) fail with ERRNO without happening: the FIRST time it is made once a file whose name ends in
   AFTER was opened (that call included), and then every STEPth (0: never again). Writes how many it injected to LOG and
   ends as COMMAND did (128 + signal when killed). A tracer that follows threads only: what COMMAND itself traces stays
   untouched. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* linux/ptrace.h and sys/ptrace.h do not go together. */
struct syscall_info {
    unsigned char op;
    unsigned char padding[3];
    unsigned arch;
    unsigned long ip, sp;
    unsigned long nr, args[6];
};

static long call, error, first, step, seen, injected;
static int armed;

static void arm_when_opened(pid_t tid, unsigned long address, const char* after) {
    char name[256] = "";
    struct iovec here = {name, sizeof name - 1}, there = {(void*)address, sizeof name - 1};
    if (process_vm_readv(tid, &here, 1, &there, 1, 0) <= 0) return;
    size_t length = strlen(name), wanted = strlen(after);
    armed = length >= wanted && strcmp(name + length - wanted, after) == 0;
}

static int is_due(void) {
    if (!armed) return 0;
    ++seen;
    if (seen < first) return 0;
    return seen == first || (step > 0 && (seen - first) % step == 0);
}

/* At the entry of a call: the kernel skips number -1. At its exit the result is ours to say. */
static void at_stop(pid_t tid, char* failing, const char* after) {
    struct syscall_info info;
    memset(&info, 0, sizeof info);
    if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void*)sizeof info, &info) <= 0) return;
    if (info.op == 1 && !armed && info.nr == SYS_openat) arm_when_opened(tid, info.args[1], after);
    if (info.op == 1 && (long)info.nr == call && is_due()) {
        if (ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, orig_rax), -1L) == 0) failing[tid] = 1;
    } else if (info.op == 2 && failing[tid]) {
        failing[tid] = 0;
        ++injected;
        ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, rax), -error);
    }
}

int main(int argc, char** argv) {
    if (argc < 8) return 2;
    call = atol(argv[1]);
    error = atol(argv[2]);
    first = atol(argv[3]);
    step = atol(argv[4]);
    char* failing = calloc(1 << 22, 1); /* by tid */
    int log = open(argv[6], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    pid_t command = fork();
    if (command == 0) {
        raise(SIGSTOP);
        execvp(argv[7], argv + 7);
        _exit(127);
    }
    int status = 0;
    if (waitpid(command, &status, WUNTRACED) != command) return 2;
    /* TRACECLONE without TRACEFORK: threads are followed, fork and vfork are not. */
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SEIZE, command, 0, options) != 0) return 2;
    kill(command, SIGCONT);
    int executed = 0, ended = 0;
    while (!ended) {
        pid_t tid = waitpid(-1, &status, __WALL);
        if (tid < 0) break;
        if (!WIFSTOPPED(status)) {
            ended = tid == command;
            continue;
        }
        int event = status >> 16, signal = WSTOPSIG(status), deliver = 0;
        if (event == PTRACE_EVENT_EXEC) executed = 1;
        if (event == 0 && signal == (SIGTRAP | 0x80)) {
            if (executed) at_stop(tid, failing, argv[5]);
        } else if (event == 0) {
            deliver = signal;
        } else if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) {
            ptrace(PTRACE_LISTEN, tid, 0, 0);
            continue;
        }
        ptrace(PTRACE_SYSCALL, tid, 0, deliver);
    }
    dprintf(log, "%ld\n", injected);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
