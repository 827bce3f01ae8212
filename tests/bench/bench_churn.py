"""Short processes, one after the other, under a profile that refuses them nothing."""
from bench_common import Row, Table, Target, command_output, processor_time

TOOLS = ("strace", "cc")
SHARE_OF_STRACE = 8  # it is slow: fewer processes do


def measure(bench):
    count = bench.amount(2000)
    spawn = bench.program("spawn_many")
    profile = bench.profile("no-acct.json", "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", ["acct"])
    ways = {"native": [], "same filter, no tracer": bench.under("enforce", profile)}
    watching = {f"log mode, {trap}": bench.under("log", profile, trap) for trap in bench.traps}
    ways |= watching
    ways["strace -f"] = ["strace", "-f", "-o", "/dev/null"]
    processor = {name: [] for name in ways}

    def each(name):
        """Milliseconds per process by the clock; those of processor time go to `processor`."""
        how_many = max(1, count // SHARE_OF_STRACE) if name == "strace -f" else count
        before = processor_time()
        figure = float(command_output([*ways[name], spawn, str(how_many), "/bin/true"]))
        processor[name].append((processor_time() - before) * 1e3 / how_many)
        if name in watching:
            bench.expect()
        return figure / how_many

    clock = bench.interleave({name: lambda name=name: each(name) for name in ways})
    processor = {name: figures[1:] for name, figures in processor.items()}  # without the turn before the rounds
    rows = [Row(f"{name}{what}", figures[name], figures["native"], Target(1.5) if name in watching else None)
            for what, figures in (("", clock), (": processor time", processor)) for name in ways]
    return [Table("Short processes", "ms per process", "of native", rows, f"""
`programs/spawn_many.c` forks, executes and awaits /bin/true {count:,} times; its own time by the clock is without callgate's start.
Processor time is that of everybody: the processes, the tracer, the start of both.""")]
