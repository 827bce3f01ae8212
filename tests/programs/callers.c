/* callers N: two functions make N getppid calls each through libc's wrapper, one of them another N from a second place:
   3 * N calls from one instruction, at three places that a person would look for. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <unistd.h>

__attribute__((noinline)) static int first_caller(int n) {
    int sum = 0;
    for (int i = 0; i < n; ++i) sum += getppid() > 0;
    return sum;
}

__attribute__((noinline)) static int second_caller(int n) {
    int sum = 0;
    for (int i = 0; i < n; ++i) sum += getppid() > 0;
    for (int i = 0; i < n; ++i) sum += getppid() > 0;
    return sum;
}

int main(int argc, char** argv) {
    int n = argc > 1 ? atoi(argv[1]) : 1;
    int sum = first_caller(n) + second_caller(n);
    return sum < 0;
}
