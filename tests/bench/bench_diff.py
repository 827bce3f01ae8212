"""What comparing two large profiles costs."""
import statistics
import subprocess
import time

from bench_common import NotHere, Row, Table, Target, processor_time
from bench_startup import large_profile, names

TOOLS = ()


def measure(bench):
    full, plain, with_arguments = large_profile(bench, "full.json")
    less = large_profile(bench, "less.json", without=names()[10:50], most_values=3)[0]
    other_errno = large_profile(bench, "errno.json", defaultErrnoRet=38)[0]
    times = bench.amount(10)
    processor = {}

    def taken(name, arguments, code):
        """The median of some runs in milliseconds; that of their processor time goes into `processor`."""
        clock, used = [], []
        for _ in range(times):
            used_before, begin = processor_time(), time.monotonic()
            done = subprocess.run([bench.callgate, *arguments], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            clock.append((time.monotonic() - begin) * 1e3)
            used.append((processor_time() - used_before) * 1e3)
            if done.returncode != code:
                raise NotHere(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr[-300:]}")
        processor.setdefault(name, []).append(statistics.median(used))
        return statistics.median(clock)

    ways = {"callgate --version": (["--version"], 0), "equal profiles": (["diff", full, full], 0),
            "40 names and some values less": (["diff", full, less], 1), "another default errno": (["diff", full, other_errno], 1)}
    figures = bench.interleave({name: lambda name=name, way=way: taken(name, *way) for name, way in ways.items()})
    base = figures["callgate --version"]
    rows = [Row("callgate --version", base)]
    for name in list(ways)[1:]:
        rows += [Row(name, figures[name], target=Target(200)), Row(f"{name}: of a start of callgate", figures[name], base=base),
                 Row(f"{name}: processor time", processor[name][1:])]
    return [Table("Comparing two profiles", "ms", "of a start", rows, f"""
`callgate diff` of two profiles of {len(plain) + len(with_arguments)} rules by name and argument on all architectures of this host, from start
to end of the process; the one with less lacks 40 names and the last values of each argument. Each figure is a median of {times}
runs. Both profiles are compiled twice, once with the rules in place of the actions: libseccomp takes most of the time, the
comparison itself about a tenth.""")]
