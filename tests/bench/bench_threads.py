"""A refused call in a process of thousands of threads, and what each thread costs callgate in memory."""
import re
import subprocess

from bench_common import NotHere, Row, Table, Target

TOOLS = ("cc",)
THREADS = 4000


def resident_kib(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return int(re.search(r"^VmRSS:\s+(\d+) kB", file.read(), re.MULTILINE).group(1))


def parked(bench, trap, profile, threads, count):
    """Nanoseconds per refused call, and callgate's memory before the first of them, in KiB."""
    argv = [*bench.under("log", profile, trap), bench.program("parked"), str(threads), str(count)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            if process.stdout.readline() != "ready\n":
                raise NotHere(f"{threads:,} threads cannot be started here (ulimit -u, pids.max)")
            memory = resident_kib(process.pid)
            printed, _ = process.communicate("go\n", timeout=300)
        finally:
            process.kill()
    bench.expect(getppid=count)
    return float(printed), memory


def measure(bench):
    count = bench.amount(5000)
    profile = bench.profile("no-getppid.json", "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", ["getppid"])
    memory = {}

    def way(trap, threads):
        figure, kib = parked(bench, trap, profile, threads, count)
        memory.setdefault((trap, threads), []).append(kib)
        return figure

    figures = bench.interleave({(trap, threads): lambda trap=trap, threads=threads: way(trap, threads)
                                for trap in bench.traps for threads in (0, THREADS)})
    calls, tasks = [], []
    for trap in bench.traps:
        alone, crowd = figures[trap, 0], figures[trap, THREADS]
        calls += [Row(f"{trap}, the only thread", alone),
                  Row(f"{trap}, {THREADS:,} other threads parked", crowd, alone, Target(2))]
        grown = [(many - few) / THREADS for few, many in zip(memory[trap, 0], memory[trap, THREADS])]
        tasks.append(Row(trap, grown, target=Target(4)))
    return [Table("A refused call among many threads", "ns per call", "of the only thread", calls, f"""
`programs/parked.c` makes {count:,} refused calls from its first thread, the oldest, for which `waitpid(-1)` walks past all
others. Log mode."""),
            Table("Memory per traced thread", "KiB of callgate's", "", tasks, f"""
What callgate's resident memory (VmRSS) has more with {THREADS:,} parked threads than with none, divided by {THREADS:,}.""")]
