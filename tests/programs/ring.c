/* ring: sets up an io_uring, whose operations no filter sees, and makes one getppid call. Exits 77 where the kernel has
   none. */
#define _GNU_SOURCE
#include <linux/io_uring.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    struct io_uring_params params = {0};
    long ring = syscall(SYS_io_uring_setup, 1, &params);
    if (ring < 0) {
        puts("no io_uring here");
        return 77;
    }
    syscall(SYS_getppid);
    return 0;
}
