"""The counts of programs.tests, seen by somebody else: `strace -f` over the same programs, without callgate."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

PROGRAMS = os.environ["CALLGATE_PROGRAMS"]
TABLE = os.path.join(os.environ["CALLGATE_SOURCE_DIR"], "tests", "kernel", "programs.tests")
SECONDS = 60
SKIPPED = 77


def rows():
    """(line number, least, most, call, command, exceptions), as the head of the table explains them."""
    found = []
    with open(TABLE, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.startswith("#") or not line.strip():
                continue
            if line.startswith(" "):
                what, _, why = line.strip().partition(": ")
                found[-1][-1][what] = why
                continue
            count, call, *command = line.split()
            least, _, most = count.partition("..")
            found.append((number, int(least), int(most or least), call, command, {}))
    return found


def strace(call, command, output):
    """Exit status of the program under strace; None when it cannot be started. At the deadline the whole tree dies."""
    path = os.path.join(PROGRAMS, command[0])
    if not os.path.exists(path):
        return None
    words = ["strace", "-f", "-qq", "-o", output, "-e", f"trace={call}", "-e", "signal=none", path, *command[1:]]
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               start_new_session=True)
    try:
        _, errors = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    return None if b"exec: " in errors else process.returncode


class Counts(unittest.TestCase):
    def test_table(self):
        with tempfile.TemporaryDirectory(prefix="callgate-strace.") as directory:
            for number, least, most, call, command, exceptions in rows():
                if "no strace" in exceptions:
                    continue
                with self.subTest(line=number, call=call, program=" ".join(command)):
                    self.check(least, most, call, command, exceptions, os.path.join(directory, f"{number}.strace"))

    def check(self, least, most, call, command, exceptions, output):
        status = strace(call, command, output)
        if status == SKIPPED or (status is None and "may not start" in exceptions):
            self.skipTest("not on this host")
        self.assertIsNotNone(status, "strace could not start it")
        with open(output, encoding="utf-8", errors="replace") as file:
            calls = sum(1 for line in file if re.match(rf"(\d+ +)?{call}\(", line))
        self.assertLessEqual(least, calls)
        self.assertLessEqual(calls, most)


if __name__ == "__main__":
    if shutil.which("strace") is None:
        print("skipped: no strace here")
        sys.exit(SKIPPED)
    unittest.main()
