"""The price of being recorded: servers under the recorder, natively and under strace, and a tight loop."""
import bench_servers
from bench_common import Row, Table, Target, command_output

TOOLS = ("cc", "strace", *bench_servers.Nginx.tools, *bench_servers.Redis.tools)


def ways(bench):
    """The words before a command, by how it is watched."""
    return {"native": [],
            "a program that does nothing": [bench.program("bare_tracepoint", "-lbpf")],
            "bpf": [bench.recorder, "bpf", bench.path("recorded")],
            "ptrace, second pass": [bench.recorder, "ptrace-twice", bench.path("recorded")],
            "ptrace, first pass": [bench.recorder, "ptrace", bench.path("recorded")],
            "strace -f -c": ["strace", "-f", "-c", "-o", "/dev/null"]}


def server_table(bench, kind):
    def rate(before):
        return bench_servers.throughput(bench, kind, before, bench.scale, rehearsed="ptrace-twice" in before)

    figures = bench.interleave({name: lambda before=before: rate(before) for name, before in ways(bench).items()})
    targets = {"bpf": Target(0.97, at_least=True), "ptrace, second pass": Target(0.90, at_least=True)}
    rows = [Row(name, figures[name], figures["native"], targets.get(name)) for name in figures]
    return Table(f"Recording {kind.title}", "requests/s", "of native", rows, f"""
{kind.method} Nothing is confined. `bpf` counts every call in the kernel, with the distinct values of arguments; above it stands what the
kernel takes by itself for a program at the entry of every call, of the load generator too
(`programs/bare_tracepoint.c`). `ptrace` stops at every
call in its first pass, as `strace -f -c` does; in the second pass the kernel permits what the first one showed under a tenth of the
load, and only news stop.""")


def loop_table(bench):
    """One call in a tight loop: where the server is, nothing but the recorder can hide."""
    hot = bench.program("hot_call")
    count = bench.amount(2_000_000)

    def nanoseconds(before):
        slow = before[:1] == ["strace"] or "ptrace" in before  # some hundred times
        times = max(1, count // 100) if slow else count
        return float(command_output([*before, hot, "getppid", str(times)]))

    # Nothing but the start of the program is left to learn in a second pass.
    figures = bench.interleave({name: lambda before=before: nanoseconds(before) for name, before in ways(bench).items()
                                if "ptrace-twice" not in before})
    rows = [Row(name, figures[name], figures["native"]) for name in figures]
    return Table("Recording getppid in a tight loop", "ns per call", "of native", rows, """
`programs/hot_call.c`: the call itself does next to nothing, so that this is the price of a call already seen.""")


def measure(bench):
    return [server_table(bench, bench_servers.Nginx), server_table(bench, bench_servers.Redis), loop_table(bench)]
