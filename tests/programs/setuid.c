/* setuid KIND: one getppid call; then the program makes a copy of itself that belongs to another user and has the
   set-uid bit, and runs it, with KIND nnp under no_new_privs: one more call, and the copy prints whether it runs as
   that user. Exits 77 when not root. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kNobody = 65534 };

int main(int argc, char** argv) {
    syscall(SYS_getppid);
    if (argc < 2) {
        puts(geteuid() == kNobody ? "as the owner" : "as the caller");
        return 0;
    }
    if (geteuid() != 0) {
        puts("not root");
        return 77;
    }
    char directory[] = "/tmp/callgate-setuid-XXXXXX";
    char copy[64];
    struct stat size;
    if (mkdtemp(directory) == NULL || chmod(directory, 0755) != 0) return 1;
    snprintf(copy, sizeof copy, "%s/copy", directory);
    int from = open("/proc/self/exe", O_RDONLY);
    int to = open(copy, O_WRONLY | O_CREAT | O_EXCL, 0755);
    if (fstat(from, &size) != 0 || sendfile(to, from, NULL, (size_t)size.st_size) != size.st_size) return 2;
    if (fchown(to, kNobody, kNobody) != 0 || fchmod(to, 04755) != 0 || close(to) != 0) return 3;
    pid_t child = fork();
    if (child == 0) {
        if (strcmp(argv[1], "nnp") == 0) prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        execl(copy, "copy", (char*)NULL);
        _exit(9);
    }
    int status = 0;
    waitpid(child, &status, 0);
    unlink(copy);
    rmdir(directory);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 8;
}
