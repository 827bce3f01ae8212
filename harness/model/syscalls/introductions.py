"""Since which kernel a call exists: by syscalls(2), by strace's changes, by headers of successive kernels."""

import gzip
import re

# What none of the sources says, and why it is known.
BY_HAND = {
    # Linux 5.1 gave the 32-bit architectures calls with 64-bit times, as numbers 403 to 423 everywhere.
    **{name: (5, 1, 0) for name in (
        "clock_gettime64", "clock_settime64", "clock_adjtime64", "clock_getres_time64", "clock_nanosleep_time64",
        "timer_gettime64", "timer_settime64", "timerfd_gettime64", "timerfd_settime64", "utimensat_time64",
        "pselect6_time64", "ppoll_time64", "io_pgetevents_time64", "recvmmsg_time64", "mq_timedsend_time64",
        "mq_timedreceive_time64", "semtimedop_time64", "rt_sigtimedwait_time64", "futex_time64",
        "sched_rr_get_interval_time64")},
    "pread64": (2, 1, 60),  # until 2.6 called pread
    "pwrite64": (2, 1, 60),
    "timerfd": (2, 6, 22),  # gone in 2.6.25, where timerfd_create came
    "process_mrelease": (5, 15, 0),  # NEWS of strace 5.15
    "set_mempolicy_home_node": (5, 17, 0),  # NEWS of strace 5.17
    "riscv_hwprobe": (6, 4, 0),  # the calls of one architecture alone are in no manual
    "fchmodat2": (6, 6, 0),  # strace had it before the kernel, and named no commit
    "uprobe": (6, 18, 0),  # only on x86_64, only for the kernel's own trampoline
}

NEAR = 300  # characters from the title of a change to the commit that it names

GROFF_FONT = re.compile(r"\\f\[\w*\]|\\f.")


def version(text):
    numbers = [int(part) for part in text.split(".")]
    return tuple((numbers + [0, 0])[:3])


def from_manual(text):
    """name -> version, by the table of syscalls(2). Where two are given (a backport), the earlier."""
    table = text[text.index(".TS") : text.index(".TE")]
    table = "\n".join(line for line in table.split("\n") if not line.startswith('.\\"'))
    table = re.sub(r"T\{\n(.*?)\nT\}", lambda match: match[1].replace("\n", " "), GROFF_FONT.sub("", table), flags=re.DOTALL)
    found = {}
    for line in table.split("\n"):
        cells = line.split("\t")
        name = re.match(r"(?:\.BR )?(\w+) ?\(2\)", cells[0])
        if not name or len(cells) < 2:
            continue
        versions = [version(word) for word in re.findall(r"\d+(?:\.\d+)+", cells[1])]
        if versions:
            found[name[1]] = min(versions)
    return found


def from_strace(text):
    """name -> version, by "Implement decoding of X syscall" and the kernel commit that the entry names."""
    found = {}
    words = " ".join(text.split())
    titles = list(re.finditer(r"\bImplement decoding of ([a-z0-9_]+(?:(?:,| and|, and) [a-z0-9_]+)*) syscalls?\b", words))
    for title, following_title in zip(titles, [*titles[1:], None]):
        end = following_title.start() if following_title else len(words)
        since = re.search(r"\bv(\d+\.\d+)(?:-rc\d+)?~", words[title.end() : min(end, title.end() + NEAR)])
        if since:
            names = re.split(r", and |, | and ", title[1])
            found.update({name: version(since[1]) for name in names})
    return found


def from_headers(headers):
    """name -> version, of [(version, names)] oldest first: what a kernel has and its predecessor lacks."""
    found = {}
    for (before, old), (after, new) in zip(headers, headers[1:]):
        if following(before, after):
            found.update({name: (*after, 0) for name in new - old})
    return found


def following(before, after):
    """True where no kernel was released in between. The second number ends at about 20, where no rule says."""
    return (before[0] == after[0] and before[1] + 1 == after[1]) or (before[0] + 1 == after[0] and after[1] == 0)


def header_names(folder):
    names = set()
    for path in sorted(folder.rglob("unistd*.h")):
        names.update(re.findall(r"^#define __NR_(\w+)", path.read_text(encoding="utf-8", errors="replace"), re.MULTILINE))
    return names


def unzipped(path):
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        return file.read()
