"""The system calls of a run, and those in a file of strace's."""
import re

# A call, or the rest of one that another interrupted in the file.
TRACED = re.compile(r"^(?:\d+ +)?(?:<\.\.\. )?(?P<name>[a-z_][a-z0-9_]*)(?:\(| resumed)")


def refused_names(cases):
    return {total["syscall"] for case in cases for total in case["refused"]}


def violating_names(cases):
    """Those of them that the plan does not expect."""
    return {violation["syscall"] for case in cases for violation in case["violations"]}


def needed(cases, names=refused_names):
    """Scenario -> what it was refused. What an instance of its own does when it starts and stops counts as the scenario's,
    but for what every stop does."""
    made = {case["scenario"]: names([case]) for case in cases}
    found = {}
    for phase, calls in made.items():
        owner = phase.removesuffix(": startup").removesuffix(": shutdown")
        found.setdefault(owner, set()).update(calls - made["shutdown"] if phase.endswith(": shutdown") else calls)
    return found


def traced_names(path):
    """The system calls in a file that strace wrote."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return {match["name"] for match in map(TRACED.match, file) if match}
