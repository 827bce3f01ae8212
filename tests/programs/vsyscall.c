/* vsyscall N: N calls of time by the vsyscall page. Exits 77 where there is none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int main(int argc, char** argv) {
    int n = argc > 1 ? atoi(argv[1]) : 1;
    int found = 0;
    char line[512];
    FILE* maps = fopen("/proc/self/maps", "re");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) found |= strstr(line, "[vsyscall]") != NULL;
    if (!found) {
        puts("no vsyscall page here");
        return 77;
    }
    time_t (*vsyscall_time)(time_t*) = (time_t(*)(time_t*))0xffffffffff600400;
    for (int i = 0; i < n; ++i) vsyscall_time(NULL);
    return 0;
}
