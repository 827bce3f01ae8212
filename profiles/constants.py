#!/usr/bin/env python3
"""Writes profiles/constants.inc: the names that policies use for numbers, from the headers of this system.

usage: profiles/constants.py > profiles/constants.inc

Only names go into the table: the compiler gives them the values of the architecture that callgate is built for.
"""
import re
import subprocess

HEADERS = ["fcntl.h", "sched.h", "sys/mman.h", "sys/socket.h", "sys/ioctl.h", "sys/prctl.h", "sys/resource.h",
           "sys/stat.h", "sys/epoll.h", "sys/eventfd.h", "sys/timerfd.h", "sys/ptrace.h", "sys/personality.h", "sys/ipc.h",
           "netinet/in.h", "netinet/tcp.h", "time.h", "linux/futex.h", "linux/seccomp.h", "linux/fs.h", "linux/memfd.h",
           "linux/random.h", "linux/membarrier.h", "linux/keyctl.h", "linux/netlink.h"]
PREFIXES = ("O_|F_|AT_|S_I|SEEK_|PROT_|MAP_|MADV_|MREMAP_|MCL_|MFD_|CLONE_|SCHED_|AF_|PF_|SOCK_|SOL_|SO_|MSG_|SHUT_|IPPROTO_|"
            "TCP_|PR_|RLIMIT_|PRIO_|EPOLL|EFD_|TFD_|TIMER_|CLOCK_|PTRACE_|IPC_|FUTEX_|SECCOMP_|FALLOC_|RENAME_|GRND_|"
            "MEMBARRIER_|KEYCTL_|NETLINK_|TIOC|TCGETS|TCSETS|FIO|FS_IOC|PER_|ADDR_|LOCK_|RWF_|MLOCK_")


def main():
    text = "".join(f"#include <{header}>\n" for header in HEADERS)
    macros = subprocess.run(["g++", "-x", "c++", "-dM", "-E", "-"], input=text, check=True, capture_output=True, text=True)
    names = sorted({m[1] for m in re.finditer(rf"^#define ((?:{PREFIXES})[A-Z0-9_]*) \S", macros.stdout, re.MULTILINE)})
    while names:  # a name that is no whole number is one that the compiler does not take
        probe = text + "".join(f"constexpr unsigned long long k{name} = (unsigned long long)({name});\n" for name in names)
        done = subprocess.run(["g++", "-x", "c++", "-w", "-fmax-errors=0", "-fsyntax-only", "-"], input=probe,
                              capture_output=True, text=True)
        wrong = {int(m[1]) - len(HEADERS) - 1 for m in re.finditer(r"<stdin>:(\d+):\d+: error", done.stderr)}
        if not wrong:
            break
        names = [name for i, name in enumerate(names) if i not in wrong]
    print("// Written by profiles/constants.py from the headers of libc and of the kernel.")
    line = ""
    for name in names:
        word = f"CALLGATE_CONSTANT({name}) "
        if len(line) + len(word) > 120:
            print(line.rstrip())
            line = ""
        line += word
    print(line.rstrip())


if __name__ == "__main__":
    main()
