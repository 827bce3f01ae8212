"""Lets callgate's own system calls fail: each run ends within its time, leaves nobody behind, and is correct or says that it
is not: it never passes, and it never counts wrong without saying that it could not see everything.

usage: inject_faults.py [-v] [--all]    --all: every call with every errno, for a bench machine
"""
import concurrent.futures
import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid

BIN = os.environ["CALLGATE_BIN"]
PROGRAMS = os.environ["CALLGATE_PROGRAMS"]
SOURCE = os.environ["CALLGATE_SOURCE_DIR"]
PROFILE = '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["getppid"], "action": "SCMP_ACT_ERRNO"}]}\n'
COMMAND, REFUSED = ["forks", "12", "4"], 48
LONGEST = 10

# What callgate asks of the kernel while it watches, and how it may fail. Nothing here is fatal by itself.
FAULTS = {
    "wait4": ["EINTR", "ECHILD", "EAGAIN"],
    "ptrace": ["ESRCH", "EPERM", "EIO", "EFAULT"],
    "process_vm_readv": ["EPERM", "EFAULT", "ESRCH"],
    "openat": ["EMFILE", "ENOENT", "EACCES"],
    "read": ["EIO", "EINTR"],
    "pread64": ["EIO"],
    "readlink": ["EACCES", "ENOENT"],
    "write": ["ENOSPC", "EIO"],
    "mmap": ["ENOMEM"],
    "clone3": ["EAGAIN", "ENOSYS"],
    "clone": ["EAGAIN"],
    "ioctl": ["ENOSYS", "EIO"],
    "poll": ["EINTR", "ENOMEM"],
    "pidfd_open": ["EMFILE", "ENOSYS"],
    "pidfd_getfd": ["EPERM", "EMFILE"],
    "socketpair": ["EMFILE"],
    "sendto": ["EPIPE"],
    "sendmsg": ["EPIPE"],
    "recvfrom": ["EINTR", "EIO"],
    "rename": ["ENOSPC", "EACCES"],
    "getdents64": ["EIO"],
    "seccomp": ["EFAULT", "ENOSYS"],
    "rt_sigtimedwait": ["EINTR"],
}
# The first time the call is made, and then every so many times (0: never again).
MOMENTS = [(1, 0), (7, 0), (40, 0), (8, 5), (12, 3)]


def numbers():
    """Names of this machine's calls, as the kernel's headers number them; errno names as Python has them."""
    done = subprocess.run(["cc", "-E", "-dM", "-include", "sys/syscall.h", "-x", "c", "/dev/null"],
                          capture_output=True, text=True, check=True)
    return {name: int(number) for name, number in re.findall(r"#define __NR_(\w+) (\d+)$", done.stdout, re.MULTILINE)}


def survivors(marker):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                state = file.read().rpartition(")")[2].split()[0]
            with open(f"/proc/{pid}/environ", "rb") as file:
                if state not in "ZX" and marker.encode() in file.read():
                    found.append(int(pid))
        except OSError:
            continue
    return found


def wrong(status, output, report):
    """What is wrong with how a run ended; "" when nothing is."""
    if status == 0:
        return "it passed"
    if status < 0 or status >= 128:
        return f"it was killed by a signal ({status})"
    if status == 70:
        return "it calls itself a bug"
    if status in (2, 3):
        return "" if output.strip() else f"it ended with {status} and says nothing"
    if report is None:
        return f"it ended with {status} and left no report"
    case = report["cases"][0]
    if any("not everything could be seen" in reason for reason in case["reasons"]):
        return ""
    count = sum(total["count"] for total in case["refused"] if total["syscall"] == "getppid")
    if count != REFUSED:
        return f"it counted {count} of {REFUSED}"
    return "" if case["outcome"] == "violated" else f"its outcome is {case['outcome']}"


def attempt(fault, nr, errno_number):
    trap, mode, name, error, (first, step) = fault
    marker = f"marker-{uuid.uuid4()}"
    directory = tempfile.mkdtemp(prefix="callgate-faults.")
    path = lambda *parts: os.path.join(directory, *parts)
    with open(path("p.json"), "w", encoding="utf-8") as file:
        file.write(PROFILE)
    command = [os.path.join(PROGRAMS, "inject"), str(nr), str(errno_number), str(first), str(step), "p.json", path("injected"), BIN,
               "run",
               "--profile", path("p.json"), "--mode", mode, "--trap", trap, "--json", path("out.json"), "--",
               os.path.join(PROGRAMS, COMMAND[0]), *COMMAND[1:]]
    run = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                           start_new_session=True, env={**os.environ, "CALLGATE_TEST_MARKER": marker})
    problem = ""
    try:
        output = run.communicate(timeout=LONGEST)[1]
        report = None
        if os.path.exists(path("out.json")):
            with open(path("out.json"), encoding="utf-8") as file:
                report = json.load(file)
        problem = wrong(run.returncode, output, report)
        if problem:
            problem += "\n" + output
    except subprocess.TimeoutExpired:
        problem = f"it did not end within {LONGEST} s"
    left = survivors(marker)
    if left and not problem:
        problem = f"it left {len(left)} processes"
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    run.wait()
    with open(path("injected"), encoding="utf-8") as file:
        injected = int(file.read() or 0)
    shutil.rmtree(directory, ignore_errors=True)
    return fault, injected, problem


def faults(everything):
    traps = subprocess.run([BIN, "list", "traps"], capture_output=True, text=True, check=True).stdout
    traps = [line.split()[0] for line in traps.splitlines() if re.match(r"[a-z]+ ", line)]
    chosen = []
    for (name, errors), moment, (i, trap) in itertools.product(FAULTS.items(), MOMENTS, enumerate(traps)):
        # In turn: each call meets each mode and each of its errors somewhere.
        turn = MOMENTS.index(moment) + i
        for error in errors if everything else [errors[turn % len(errors)]]:
            for mode in ("log", "errno") if everything else [("log", "errno")[turn % 2]]:
                chosen.append((trap, mode, name, error, moment))
    return chosen


def main():
    if not shutil.which("cc") or os.uname().machine != "x86_64":
        print("skipped: needs a C compiler, and x86_64 for inject")
        return 77
    known = numbers()
    import errno
    todo = [fault for fault in faults("--all" in sys.argv) if fault[2] in known]
    injected = failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for fault, count, problem in pool.map(lambda f: attempt(f, known[f[2]], getattr(errno, f[3])), todo):
            injected += count
            if "-v" in sys.argv:
                print(*fault[:4], "first %d step %d" % fault[4], "injected", count, flush=True)
            if problem:
                failed += 1
                print("FAILED:", *fault[:4], "first %d step %d" % fault[4], "-", problem, flush=True)
    print(f"{len(todo)} runs, {injected} injections, {failed} wrong")
    if injected < 300:
        print("FAILED: fewer than 300 injections: this tests little")
        return 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
