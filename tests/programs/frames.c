/* frames [HOW]: outer() -> middle() -> inner() -> a raw getppid. HOW it gets there:
 *   (nothing)      by plain calls
 *   deep N         by N calls of deep() in between
 *   signal         in a signal handler
 *   thread         in a second thread, after the first one has ended
 *   copied         inner() is a copy in anonymous memory
 *   leaf           the call stands in a copied function without a frame
 *   mapped FILE... in each file: inner() at the place that it has in this program's own file
 *   unlinked       after the program's file was removed
 *   memfd          as a program that has no path
 * With STAY in its environment it then says so, and stays until its input ends. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FRAME __attribute__((noinline, noclone))
#define NOT_A_TAIL_CALL __asm__ volatile("" ::: "memory")

extern const char __executable_start[];
extern char** environ;

typedef void (*function)(void);

static void stay(void) {
    char rest;
    if (getenv("STAY") == NULL || write(STDOUT_FILENO, "made\n", 5) != 5) return;
    while (read(STDIN_FILENO, &rest, 1) > 0) {
    }
}

FRAME static void inner(void) {
#if defined(__x86_64__)
    long number = SYS_getppid;
    __asm__ volatile("syscall" : "+a"(number)::"rcx", "r11", "memory"); /* line: inner */
#elif defined(__i386__)
    long number = SYS_getppid;
    __asm__ volatile("int $0x80" : "+a"(number)::"memory"); /* line: inner */
#elif defined(__aarch64__)
    register long number __asm__("x8") = SYS_getppid;
    register long result __asm__("x0");
    __asm__ volatile("svc 0" : "=r"(result) : "r"(number) : "memory"); /* line: inner */
#endif
}

FRAME static void middle(function call) {
    call(); /* line: middle */
    NOT_A_TAIL_CALL;
}

FRAME static void outer(function call) {
    middle(call); /* line: outer */
    NOT_A_TAIL_CALL;
}

FRAME static void deep(int n) {
    if (n > 1) {
        deep(n - 1);
    } else {
        outer(inner);
    }
    NOT_A_TAIL_CALL;
}

static void on_signal(int number) {
    (void)number;
    outer(inner);
}

static pthread_t first;

static void* in_thread(void* unused) {
    pthread_join(first, NULL);
    outer(inner);
    stay();
    exit(0);
    return unused;
}

/* Nothing but instructions that work anywhere: mov number; syscall; ret. */
#if defined(__x86_64__)
static const unsigned char leaf[] = {0xb8, SYS_getppid, 0, 0, 0, 0x0f, 0x05, 0xc3};
#elif defined(__i386__)
static const unsigned char leaf[] = {0xb8, SYS_getppid, 0, 0, 0, 0xcd, 0x80, 0xc3};
#elif defined(__aarch64__)
static const unsigned leaf[] = {0xd2800008 | SYS_getppid << 5, 0xd4000001, 0xd65f03c0};
#endif

static function copy(const void* code, size_t size) {
    void* memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(memory, code, size);
    mprotect(memory, size, PROT_READ | PROT_EXEC);
    __builtin___clear_cache(memory, (char*)memory + size);
    return (function)memory;
}

static void call_in(const char* path) {
    int fd = open(path, O_RDONLY);
    size_t size = (size_t)lseek(fd, 0, SEEK_END);
    char* base = mmap(NULL, size, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
    close(fd);
    if (base == MAP_FAILED) exit(3);
    outer((function)(base + ((const char*)inner - __executable_start)));
}

static void execute_from_memory(char* self) {
    int from = open(self, O_RDONLY);
    int to = memfd_create("frames", MFD_CLOEXEC);
    off_t begin = 0;
    sendfile(to, from, &begin, (size_t)lseek(from, 0, SEEK_END));
    char* argv[] = {self, NULL};
    fexecve(to, argv, environ);
    exit(3);
}

int main(int argc, char** argv) {
    const char* how = argc > 1 ? argv[1] : "";
    if (strcmp(how, "deep") == 0) {
        deep(atoi(argv[2]));
    } else if (strcmp(how, "signal") == 0) {
        signal(SIGUSR1, on_signal);
        raise(SIGUSR1);
    } else if (strcmp(how, "thread") == 0) {
        pthread_t second;
        first = pthread_self();
        pthread_create(&second, NULL, in_thread, NULL);
        pthread_exit(NULL);
    } else if (strcmp(how, "copied") == 0) {
        outer(copy((const void*)inner, 64));
    } else if (strcmp(how, "leaf") == 0) {
        outer(copy(leaf, sizeof leaf));
    } else if (strcmp(how, "mapped") == 0) {
        for (int i = 2; i < argc; ++i) call_in(argv[i]);
    } else if (strcmp(how, "memfd") == 0) {
        execute_from_memory(argv[0]);
    } else {
        if (strcmp(how, "unlinked") == 0) unlink(argv[0]);
        outer(inner);
    }
    stay();
    return 0;
}
