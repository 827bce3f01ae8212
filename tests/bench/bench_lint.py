"""What it takes to look through a large profile."""
import platform
import statistics
import subprocess
import time

import bench_startup
from bench_common import NotHere, Row, Table, Target

TOOLS = ()


def measure(bench):
    archs = bench_startup.ARCHS[platform.machine()]
    plain = [name for name in bench_startup.names() if name not in bench_startup.ARGUMENTS]
    with_arguments = [{"names": [name], "action": "SCMP_ACT_ALLOW", "args": [clause]}
                      for name, clauses in bench_startup.ARGUMENTS.items() for clause in clauses]
    times = bench.amount(20)

    def profile(name, architectures):
        return bench.profile(name, "SCMP_ACT_ERRNO", "SCMP_ACT_ALLOW", plain, with_arguments, architectures=architectures)

    def timed(arguments, exits):
        taken = []
        for _ in range(times):
            begin = time.monotonic()
            done = subprocess.run([bench.callgate, *arguments], check=False, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
            taken.append((time.monotonic() - begin) * 1e3)
            if done.returncode != exits:
                raise NotHere(f"callgate {arguments[0]} ended with {done.returncode}")
        return statistics.median(taken)

    one, all_of_them = profile("one.json", archs[:1]), profile("all.json", archs)
    figures = bench.interleave({
        "lint, one architecture": lambda: timed(["lint", one], 1),
        f"lint, {len(archs)} architectures": lambda: timed(["lint", all_of_them], 1),
        "callgate --version": lambda: timed(["--version"], 0),
    })
    target = Target(100)
    rows = [Row(name, figures[name], target=target if name.startswith("lint") else None) for name in figures]
    return [Table("Looking through a profile", "ms", "", rows, f"""
`callgate lint` of a profile of {len(plain) + len(bench_startup.ARGUMENTS)} names with {len(with_arguments)} argument rules, start of the
program included, which `--version` shows by itself. Each figure is a median of {times} runs.""")]
