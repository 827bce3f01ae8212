/* Seen by one thread: has another thread of the process entered a system call and not left it? */
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Returns once `tid` is in the call `nr`, sleeping or stopped there (/proc/TID/syscall, proc(5)). */
static inline void wait_until_in(pid_t tid, long nr) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", (int)tid);
    for (;;) {
        char text[32] = "";
        int fd = open(path, O_RDONLY);
        if (fd < 0) _exit(90);
        ssize_t count = read(fd, text, sizeof text - 1);
        close(fd);
        char* end = text;
        if (count > 0 && strtol(text, &end, 10) == nr && *end == ' ') return;
        sched_yield();
    }
}
