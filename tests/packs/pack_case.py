"""What the tests of the packs share: the packs, their plans in other shapes, and the system calls that a run or strace saw.

A pack is a directory of profiles/library. What its tests must know besides its plan is in `expected/<pack>.yaml`:

    needs: [programs that must be installed]
    nothing_new: {scenario: why it is there although start and steady load make all of its calls}
    by_chance: {system call: why it may or may not be seen}
"""
import copy
import json
import os
import shutil
import sys

import yaml
from calls import refused_names

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from callgate_case import SOURCE, CallgateCase, recorders  # noqa: E402  (the path has to be set before)

LIBRARY = os.path.join(SOURCE, "profiles", "library")
EXPECTED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected")
FULL = os.environ.get("CALLGATE_FULL") == "1"
ALWAYS_SHORT = ["--without-tag", "long"]
SHORT = [] if FULL else ALWAYS_SHORT
MINUTES = 60

# With -D the traced program is the one that callgate started, and what is written begins with its execve of the server:
# nothing that strace itself calls is among it.
STRACE = ["strace", "-D", "-f", "-qq", "-A", "-e", "signal=none", "-o"]


def pack_names():
    return sorted(name[: -len(".yaml")] for name in os.listdir(EXPECTED) if name.endswith(".yaml"))


def read_yaml(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


class Pack:
    def __init__(self, name):
        expected = read_yaml(os.path.join(EXPECTED, f"{name}.yaml"))
        self.name = name
        self.directory = os.path.join(LIBRARY, name)
        self.plan_path = os.path.join(self.directory, "plan.yaml")
        self.plan = read_yaml(self.plan_path)
        self.nothing_new = set(expected.get("nothing_new") or {})
        self.by_chance = set(expected.get("by_chance") or {})
        self.missing = [program for program in expected["needs"] if shutil.which(program) is None]

    def scenarios(self):
        """Name -> tags, in the plan's order."""
        return {one.get("name", one.get("use")): set(one.get("tags", ())) for one in self.plan["scenarios"]}

    def steady(self):
        return {name for name, tags in self.scenarios().items() if "steady" in tags}

    def rare(self, selected):
        """Those that must fail where only start and steady load are permitted."""
        return {name for name in selected if name not in self.steady() | self.nothing_new and name != "startup"}

    def under_strace(self, directory, output):
        """A copy of the pack in which every instance runs under strace, which leaves it callgate's own child."""
        shutil.copytree(self.directory, directory)
        plan = copy.deepcopy(self.plan)
        for workload in [plan["workload"]] + [one.get("workload", {}) for one in plan["scenarios"]]:
            if "command" in workload:
                workload["command"] = [*STRACE, output, *workload["command"]]
        path = os.path.join(directory, "plan.yaml")
        with open(path, "w", encoding="utf-8") as file:
            yaml.safe_dump(plan, file, sort_keys=False)
        return path


def only(names):
    """Options that select these scenarios."""
    return [word for name in sorted(names) for word in ("--scenario", name)]


def allowing(names):
    """A profile that permits these calls and refuses all others."""
    rules = [{"names": sorted(names), "action": "SCMP_ACT_ALLOW"}] if names else []
    return json.dumps({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1, "architectures": ["SCMP_ARCH_X86_64"],
                       "syscalls": rules}, indent=2)


def told(cases):
    """What went wrong, for people."""
    return "\n".join(f"{case['scenario']}: {case['outcome']}: {' | '.join(case['reasons'])}" for case in cases
                     if case["outcome"] != "passed")


class PackCase(CallgateCase):
    def pack(self, name):
        pack = Pack(name)
        if pack.missing:
            self.skipTest(f"{name} needs {', '.join(pack.missing)}, which is not installed here")
        return pack

    def run_plan(self, plan, *arguments, out, exits):
        """The cases of a run."""
        self.callgate("test", plan, "--quiet", "--out", out, *arguments, exits=exits, timeout=60 * MINUTES)
        return self.run_json(out)["cases"]

    def refused_by(self, pack, names, *arguments, out):
        """The cases of a run in log mode in which only these calls are permitted."""
        profile = self.write(f"{out}.json", allowing(names))
        # What is refused is the question: where each call is a stop, much else takes another course than without.
        cases = self.run_plan(pack.plan_path, "--profile", profile, "--mode", "log", "--baseline", "none", *arguments,
                              out=out, exits=1)
        # Log mode lets everything through: but for the refusals all goes well.
        self.assertEqual([], [case["scenario"] for case in cases if case["outcome"] not in ("passed", "violated")
                              or len(case["reasons"]) > 1], told(cases))
        return cases

    def recorded_by(self, recorder, pack):
        """The calls that a recorder shows, news of its second pass included."""
        self.callgate("record", "--quiet", "--recorder", recorder, "-o", f"{recorder}.json", *SHORT, pack.plan_path,
                      timeout=30 * MINUTES)
        return {call["syscall"] for call in json.loads(self.read(f"{recorder}.lock.json"))["calls"]}

    def seen_by_each_way(self, pack):
        """How -> calls: the cases of a log of refusals, and each recorder that works here."""
        yield "log mode", refused_names(self.refused_by(pack, (), *SHORT, out="log"))
        for recorder in recorders():
            yield recorder, self.recorded_by(recorder, pack)
