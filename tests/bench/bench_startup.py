"""What `callgate run` adds to the start of a program under a large profile."""
import glob
import platform
import re
import statistics
import subprocess
import time

from bench_common import Row, Table, Target, processor_time

TOOLS = ("cc",)
NAMES = 400
ARCHS = {"x86_64": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
         "aarch64": ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"]}
REFUSED = ["acct", "kexec_load", "reboot", "swapon"]  # nothing here makes these


def equal(index, value):
    return {"index": index, "value": value, "op": "SCMP_CMP_EQ"}


# Argument rules of the kinds that Docker's default profile has, and some more.
ARGUMENTS = {
    "personality": [equal(0, value) for value in (0, 8, 0x20000, 0x20008, 0xFFFFFFFF)],
    "clone": [{"index": 0, "value": 0x7E020000, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}],
    "socket": [equal(0, family) for family in (1, 2, 10, 16)],
    "prctl": [equal(0, option) for option in (3, 4, 15, 16, 22, 38)],
    "fcntl": [equal(1, command) for command in (0, 1, 2, 3, 4, 1030)],
    "ioctl": [equal(1, request) for request in (0x5401, 0x5413, 0x5421, 0x541B)],
    "madvise": [equal(2, advice) for advice in (4, 8, 14)],
}


def names():
    """Names of system calls by the kernel's headers: those of this processor, and of its 32-bit relatives."""
    headers = glob.glob("/usr/include/*/asm/unistd_*.h") or ["/usr/include/asm-generic/unistd.h"]
    found = set()
    for header in headers:
        with open(header, encoding="utf-8") as file:
            found |= set(re.findall(r"^#define __NR(?:3264)?_(\w+)\s", file.read(), re.MULTILINE))
    return sorted(found - set(REFUSED))[:NAMES]  # all that /bin/true needs is among them


def large_profile(bench, file, without=(), most_values=None, **more):
    """Writes a profile of 400 names, 29 argument rules and all architectures of this host; path, plain names and argument rules.
    Less by the names of `without`, and by the values of an argument behind `most_values`."""
    plain = [name for name in names() if name not in ARGUMENTS and name not in without]
    with_arguments = [{"names": [name], "action": "SCMP_ACT_ALLOW", "args": [clause]}
                      for name, clauses in ARGUMENTS.items() for clause in clauses[:most_values]]
    path = bench.profile(file, "SCMP_ACT_ERRNO", "SCMP_ACT_ALLOW", plain, with_arguments,
                         architectures=ARCHS[platform.machine()], **more)
    return path, plain, with_arguments


def measure(bench):
    path, plain, with_arguments = large_profile(bench, "large.json")
    times = bench.amount(20)
    processor = {}

    def start(before):
        """Medians of some starts, in milliseconds: by the clock, and of processor time."""
        taken, used = [], []
        for _ in range(times):
            used_before, begin = processor_time(), time.monotonic()
            subprocess.run([*before, "/bin/true"], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            taken.append((time.monotonic() - begin) * 1e3)
            used.append((processor_time() - used_before) * 1e3)
        return statistics.median(taken), statistics.median(used)

    def added(name, before):
        (with_it, used_with), (without, used_without) = start(before), start([])
        processor.setdefault(name, []).append(used_with - used_without)
        return with_it - without

    ways = {"enforce mode": bench.under("enforce", path)}
    for trap in bench.traps:
        ways |= {f"{mode} mode, {trap}": bench.under(mode, path, trap) for mode in ("log", "errno")}
    figures = bench.interleave({name: lambda name=name, before=before: added(name, before)
                                for name, before in ways.items()})
    rows = [Row(name, figures[name], target=Target(30)) for name in ways]
    rows += [Row(f"{name}: processor time", processor[name][1:]) for name in ways]
    names_in_all = len(plain) + len(ARGUMENTS)
    return [Table("Start-up", "ms on top of exec", "", rows, f"""
/bin/true under a profile of {names_in_all} names on {len(ARCHS[platform.machine()])} architectures, with {len(with_arguments)} argument rules, and with
`--json`; /bin/true by itself, measured in turns with it, is taken off. Each figure is a median of {times} starts. Processor
time tells a busy machine from a slow start.

Where it goes, by timing the parts: a profile of one rule takes 24 ms, which is loading shared libraries (11 ms, OpenSSL's
relocations most of all), forking and executing the keeper and the program, and ending both; compiling 400 names for one architecture
adds 1 ms, for three about 25 ms, most of it libseccomp's own. A store of compiled filters would take that away from the second
start on and so just about reach the target; there is none, because a verdict would then rest on a file that outlives the run.""")]
