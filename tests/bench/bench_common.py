"""What the benchmarks share: rounds in which every way gets its turn, tables with targets, callgate's command line."""
import dataclasses
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import textwrap
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class NotHere(Exception):
    """This host cannot measure that; the text says why."""


@dataclasses.dataclass
class Target:
    """What the ratio of a row, or its figure where it has no ratio, is to be."""

    limit: float
    at_least: bool = False

    def verdict(self, value):
        met = value >= self.limit if self.at_least else value <= self.limit
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}: {'met' if met else '**not met**'}"


@dataclasses.dataclass
class Row:
    name: str
    figures: list  # one per round
    base: list = None  # of the same rounds; none: the row has no ratio
    target: Target = None

    def ratio(self):
        return statistics.median(mine / theirs for mine, theirs in zip(self.figures, self.base))


@dataclasses.dataclass
class Table:
    title: str
    unit: str
    of: str  # what the ratio is a ratio of
    rows: list
    method: str

    def markdown(self):
        lines = [f"## {self.title}", "", f"| | {self.unit} | {self.of} | target |", "| --- | ---: | ---: | --- |"]
        for row in self.rows:
            figure = statistics.median(row.figures)
            ratio = row.ratio() if row.base else None
            target = row.target.verdict(figure if ratio is None else ratio) if row.target else ""
            digits = 0 if abs(figure) >= 1000 else 2
            lines.append(f"| {row.name} | {figure:,.{digits}f} | {'' if ratio is None else f'{ratio:.3f}'} | {target} |")
        return "\n".join([*lines, "", textwrap.fill(" ".join(self.method.split()), 120), ""])


def command_output(argv, **options):
    """What a program printed; it must succeed."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise NotHere(f"{' '.join(argv[:6])}... ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout


def processor_time():
    """Of all that this process started and that has ended, in seconds; callgate and strace reap their own."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.01)
    raise NotHere(f"not within {seconds} s: {what}")


class Bench:
    """One run of the benchmarks: where things are, and how long they may take."""

    def __init__(self, callgate, recorder, directory, rounds, scale):
        self.callgate = callgate
        self.recorder = recorder  # run_recorded: a command under the recorder alone
        self.directory = directory
        self.rounds = rounds
        self.scale = scale  # 1 is the full amount of work; less is quicker and noisier
        # A trap begins its line; what it cannot do stands indented below it.
        listed = [line for line in command_output([callgate, "list", "traps"]).splitlines() if line[:1].strip()]
        self.traps = [line.split()[0] for line in listed if line.strip()]
        self.seen = os.path.join(directory, "seen.json")
        self._programs = {}

    def amount(self, full):
        return max(1, int(full * self.scale))

    def path(self, name):
        return os.path.join(self.directory, name)

    def program(self, name, *libraries):
        """The path of programs/NAME.c, compiled and linked with these."""
        if name not in self._programs:
            self._programs[name] = self.path(name)
            command_output(["cc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", self.path(name),
                            os.path.join(HERE, "programs", name + ".c"), *libraries])
        return self._programs[name]

    def profile(self, name, default, action, names, more_rules=(), **more):
        """Writes a profile with one rule for all of the names, and whatever more; its path."""
        rules = [*([{"names": sorted(names), "action": action}] if names else []), *more_rules]
        with open(self.path(name), "w", encoding="utf-8") as file:
            json.dump({"defaultAction": default, "syscalls": rules, **more}, file)
        return self.path(name)

    def under(self, mode, profile, trap="auto"):
        """The words before a command that make it run under callgate; what was seen is in `refused` afterwards."""
        return [self.callgate, "run", "--quiet", "--profile", profile, "--mode", mode, "--trap", trap, "--json", self.seen, "--"]

    def refused(self):
        """Of the last run: how often each system call was refused."""
        with open(self.seen, encoding="utf-8") as file:
            case = json.load(file)["cases"][0]
        if case["outcome"] not in ("passed", "violated"):
            raise NotHere(f"callgate says '{case['outcome']}': {case['reasons']}")
        return {total["syscall"]: total["count"] for total in case["refused"]}

    def expect(self, **refused):
        """Insists on what the last run refused: otherwise something else than intended was measured."""
        if self.refused() != refused:
            raise NotHere(f"refused was {self.refused()}, expected {refused}")

    def interleave(self, ways):
        """Calls every way once per round; the figures of each, by name. One turn before the rounds warms the caches."""
        figures = {name: [] for name in ways}
        for number in range(self.rounds + 1):
            for name, way in ways.items():
                figure = way()
                if number > 0:
                    figures[name].append(figure)
            print(f"  round {number} of {self.rounds}", file=sys.stderr)
        return figures
