/* int80 N: N getppid calls of i386 (number 64) by int 0x80 from 64-bit code. Exits 77 where there are no such calls. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void on_fault(int number) {
    static const char text[] = "no calls of i386 here\n";
    (void)number;
    _exit(write(1, text, sizeof text - 1) > 0 ? 77 : 1);
}

int main(int argc, char** argv) {
    int n = argc > 1 ? atoi(argv[1]) : 1;
    signal(SIGSEGV, on_fault);
    for (int i = 0; i < n; ++i) {
#ifdef __x86_64__
        long result = 64;
        __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
#else
        raise(SIGSEGV);
#endif
    }
    return 0;
}
