"""What the tests of the real binary share: running it, looking at what it left, and at what it left running."""
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

BIN = os.environ["CALLGATE_BIN"]
SOURCE = os.environ["CALLGATE_SOURCE_DIR"]
PROGRAMS = os.environ["CALLGATE_PROGRAMS"]
SHARED = os.environ.get("CALLGATE_SHARED", os.path.join(SOURCE, "..", "shared"))
PROFILES = os.path.join(SOURCE, "tests", "data", "profiles")


def program(name):
    return os.path.join(PROGRAMS, name)


class CallgateCase(unittest.TestCase):
    """Each test works in a directory of its own; a failing one keeps it and says how to run it again."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="callgate-cli.")
        self.addCleanup(self._leave)

    def _leave(self):
        result = self._outcome.result
        if any(test is self or getattr(test, "test_case", None) is self for test, _ in result.failures + result.errors):
            settings = " ".join(f"{name}={os.environ.get(name)}" for name in
                                ("CALLGATE_BIN", "CALLGATE_SOURCE_DIR", "CALLGATE_PROGRAMS", "DEMO_SERVER"))
            print(f"\nkept: {self.dir}\nagain: {settings} python3 {sys.argv[0]} {self.id().split('.', 1)[1]}")
        else:
            shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def read(self, *parts):
        with open(self.path(*parts), encoding="utf-8") as file:
            return file.read()

    def callgate(self, *arguments, exits=0, timeout=240, env=None):
        """Runs callgate in self.dir and insists on its exit code."""
        done = subprocess.run([BIN, *arguments], cwd=self.dir, capture_output=True, text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})}, check=False)
        self.assertEqual(done.returncode, exits, f"{arguments}\n--- stdout\n{done.stdout}\n--- stderr\n{done.stderr}")
        return done

    def wait_for(self, what, condition, seconds=60):
        """What the condition gives when it is true at last."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if value := condition():
                return value
            select.select([], [], [], 0.02)
        return self.fail(f"not within {seconds} s: {what}")

    def run_json(self, directory="callgate-report"):
        return json.loads(self.read(directory, "run.json"))


def recorders():
    """The recorders that work on this host."""
    listed = subprocess.run([BIN, "list", "recorders"], capture_output=True, text=True, check=True).stdout
    names = [line.split()[0] for line in listed.splitlines() if line and not line.startswith(" ")]
    works = []
    for name in names:
        done = subprocess.run([BIN, "record", "--recorder", name, "-o", "/dev/null/never", "--", "/bin/true"],
                              capture_output=True, text=True, check=False)
        if "nothing here can record" not in done.stderr:
            works.append(name)
    return works


def refused(run, mode):
    """System call -> phases of a run in which it was refused, in one mode."""
    found = {}
    for case in run["cases"]:
        if case["mode"] != mode:
            continue
        for violation in case["violations"]:
            found.setdefault(violation["syscall"], set()).add(violation["phase"])
    return found


def alive(marker):
    """Processes whose command line or environment holds the marker, zombies left out: [(pid, name)]."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                before, _, after = file.read().rpartition(")")
            if after.split()[0] in "ZX":
                continue
            for source in ("cmdline", "environ"):
                with open(f"/proc/{pid}/{source}", "rb") as file:
                    if marker.encode() in file.read():
                        found.append((int(pid), before.partition("(")[2]))
                        break
        except OSError:
            continue
    return found
