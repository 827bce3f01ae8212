"""The cost of one refused call, beside that of the least that a tracer can do."""
from bench_common import Row, Table, Target, command_output

TOOLS = ("taskset", "strace", "cc")
CALLS = {"getppid": "cannot restart", "writev": "may restart"}
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
            add(bare, [*pin, bench.program("bare_tracer"), call], call)
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
this call only, with a filter, and prints each to /dev/null.""")]
