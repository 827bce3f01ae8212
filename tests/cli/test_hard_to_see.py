"""Workloads that callgate can hardly see, and a callgate that dies: what only the real binary can show."""
import json
import os
import select
import signal
import subprocess
import time
import unittest
import uuid

from callgate_case import BIN, CallgateCase, alive, program

PROFILE = '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["getppid"], "action": "SCMP_ACT_ERRNO"}]}\n'
NOBODY = 65534


class HardToSee(CallgateCase):
    def setUp(self):
        super().setUp()
        self.profile = self.write("p.json", PROFILE)

    def test_when_callgate_is_killed_no_refused_call_is_ever_answered_with_enosys(self):
        for mode in ("log", "errno"):
            for attempt in range(10):
                with self.subTest(mode=mode, attempt=attempt):
                    self.kill_callgate(mode)

    def kill_callgate(self, mode):
        marker = f"marker-{uuid.uuid4()}"
        witness = self.path(marker)
        process = subprocess.Popen([BIN, "run", "-p", self.profile, "-m", mode, "--trap", "ptrace", "--",
                                    program("enosys"), witness], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        with process.stdout:
            self.addCleanup(process.kill)
            readable, _, _ = select.select([process.stdout], [], [], 20)
            self.assertTrue(readable and process.stdout.readline() == b"ready\n")
            process.kill()
            self.assertEqual(process.wait(timeout=30), -signal.SIGKILL)
            # End-of-file comes when the last process of the workload is gone.
            readable, _, _ = select.select([process.stdout], [], [], 20)
            self.assertTrue(readable and process.stdout.read() == b"")
        deadline = time.monotonic() + 20
        while alive(marker) and time.monotonic() < deadline:
            select.select([], [], [], 0.02)
        self.assertEqual(alive(marker), [])
        self.assertEqual(os.path.getsize(witness), 0)

    @unittest.skipIf(os.geteuid() != 0, "needs root to become somebody else")
    def test_an_undumpable_workload_of_an_ordinary_user_is_counted_exactly(self):
        os.chmod(self.dir, 0o777)
        for mode in ("log", "errno"):
            with self.subTest(mode=mode):
                output = self.path(f"{mode}.json")
                done = subprocess.run([BIN, "run", "-p", self.profile, "-m", mode, "--json", output, "--",
                                       program("undumpable"), "3"], user=NOBODY, group=NOBODY, extra_groups=[],
                                      cwd=self.dir, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                      timeout=60, check=False)
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                case = json.loads(self.read(f"{mode}.json"))["cases"][0]
                self.assertEqual([total["count"] for total in case["refused"]], [6])


if __name__ == "__main__":
    unittest.main()
