/* varied arguments: calls whose arguments differ in ways that a recorder must keep apart. varied numbers N: one call each
   of the N numbers from 2000 on, which no kernel has. varied requests N: one ioctl call each of N requests from 1 on, on
   no descriptor. */
#define _GNU_SOURCE
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <fcntl.h>
#include <unistd.h>

static int arguments(void) {
    for (int i = 0; i < 3; ++i) close(socket(AF_UNIX, SOCK_STREAM, 0));
    close(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 17));
    prctl(PR_SET_NAME, "varied"); /* an address: not kept */
    prctl(PR_SET_DUMPABLE, 1);
    prctl(PR_SET_DUMPABLE, 0);
    personality(0xffffffff);
    struct open_how how = {.flags = O_PATH | O_CLOEXEC};
    return syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof how) < 0;
}

int main(int argc, char** argv) {
    if (argc > 1 && strcmp(argv[1], "arguments") == 0) return arguments();
    if (argc < 3) return 2;
    int numbers = strcmp(argv[1], "numbers") == 0;
    for (int i = 0; i < atoi(argv[2]); ++i) {
        if (numbers) {
            syscall(2000 + i);
        } else {
            syscall(SYS_ioctl, -1, 1 + i, 0);
        }
    }
    return 0;
}
