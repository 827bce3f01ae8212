"""The cost of one refused call, beside that of the least that a tracer can do."""
from bench_common import Row, Table, Target, command_output

TOOLS = ("taskset", "strace", "cc")
CALLS = {"getppid": "cannot restart", "writev": "may restart"}
REQUESTS = 4  # which call, who called it, whether it is a restart, and the mark that tells the next one
PINNED = {"unpinned": [], "on one processor": ["taskset", "-c", "0"]}


def measure(bench):
    count = bench.amount(20_000)
    hot = bench.program("hot_call")
    ways, bases, targets = {}, {}, {}

    def add(name, before, call, refused=None, base=None, target=None):
        def way():
            figure = float(command_output([*before, hot, call, str(count)]))
            if refused:
                bench.expect(**refused)
            return figure

        ways[name], bases[name], targets[name] = way, base, target

    for call, nature in CALLS.items():
        profile = bench.profile(f"no-{call}.json", "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", [call])
        for pinned, pin in PINNED.items():
            bare = f"{call} ({nature}), {pinned}: bare tracer"
            add(bare, [*pin, bench.program("bare_tracer"), "0", call], call)
            add(f"{call}, {pinned}: bare tracer, {REQUESTS} requests", [*pin, bench.program("bare_tracer"), str(REQUESTS), call],
                call, base=bare)
            for trap in bench.traps:
                for mode in ("log", "errno"):
                    # callgate says by exit code 1 that something was refused, which is what is wanted here.
                    before = [*pin, "sh", "-c", '"$@"; [ $? -le 1 ]', "sh", *bench.under(mode, profile, trap)]
                    add(f"{call}, {pinned}: {mode} mode, {trap}", before, call, {call: count}, bare, Target(1.3))
            add(f"{call}, {pinned}: strace --seccomp-bpf", [*pin, "strace", "-f", "--seccomp-bpf", "-e", f"trace={call}", "-o",
                                                          "/dev/null"], call, base=bare)

    figures = bench.interleave(ways)
    rows = [Row(name, figures[name], figures[bases[name]] if bases[name] else None, targets[name]) for name in ways]
    return [Table("A refused call", "ns per call", "of the bare stop", rows, f"""
One call site makes the same refused call {count:,} times in a tight loop (`programs/hot_call.c`); callgate records each, with
evidence. The bare tracer (`programs/bare_tracer.c`) waits and continues, and does nothing else. A call that may restart (here
`writev` to /dev/null) is one that the kernel may run twice after a signal: log mode folds that into one refusal. `strace` traces
this call only, with a filter, and prints each to /dev/null.

What the limit of the ptrace trap is: it asks the kernel {REQUESTS} things at each stop, and asking alone costs what the bare
tracer with {REQUESTS} requests shows, since each is a way into the kernel and back (and, where the processor has no PCID, an
empty address cache each time). The exit stop that log mode needed before restarts were told by a mark cost a whole stop more. Where
the tracer runs cannot be chosen: pinning it to the processor of the stopped thread, following that, and SCHED_IDLE, SCHED_BATCH or
SCHED_FIFO for the tracer were all tried and within 5 % of leaving it alone, because PTRACE_CONT wakes the thread on whichever
processor is idle. Only pinning both helps, and the workload would see that. The notify trap asks less and is woken on
the caller's processor.""")]
