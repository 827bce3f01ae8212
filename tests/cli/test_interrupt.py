"""However callgate ends in the middle of a run, no process is left; after SIGINT and SIGTERM the partial results are."""
import json
import os
import signal
import subprocess
import unittest
import uuid

from callgate_case import BIN, CallgateCase, alive, program

PROFILE = '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["getppid"], "action": "SCMP_ACT_ERRNO"}]}\n'
PLAN = """version: 1
name: family
workload:
  command: [%s, "4"]
  env: {CALLGATE_TEST_MARKER: "%s"}
profile: p.json
modes: [%s]
scenarios:
  - name: long
    steps: [{sleep: 60s}]
"""


class Interrupt(CallgateCase):
    def setUp(self):
        super().setUp()
        self.marker = f"marker-{uuid.uuid4()}"
        self.write("p.json", PROFILE)

    def start(self, *arguments):
        process = subprocess.Popen([BIN, *arguments], cwd=self.dir, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True,
                                   env={**os.environ, "CALLGATE_TEST_MARKER": self.marker})
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def family(self):
        """The workload's processes: six of `family` once all have forked."""
        return [pid for pid, name in alive(self.marker) if name == "family"]

    def interrupt(self, mode, number, *options):
        self.write("plan.yaml", PLAN % (program("family"), self.marker, mode))
        process = self.start("test", "plan.yaml", *(options or ("--baseline", "none")))
        self.wait_for("the whole family", lambda: len(self.family()) == 6)
        process.send_signal(number)
        status = process.wait(timeout=30)
        self.wait_for("nobody left", lambda: not self.family())
        self.wait_for("no keeper left", lambda: not alive(self.marker))
        return status

    def test_sigint_leaves_nobody_and_the_partial_results(self):
        for mode in ("log", "enforce"):
            with self.subTest(mode=mode):
                self.assertEqual(self.interrupt(mode, signal.SIGINT), 130)
                run = self.run_json()
                self.assertEqual(run["interrupted"], {"signal": 2})
                scenarios = {case["scenario"]: case for case in run["cases"]}
                self.assertEqual(scenarios["shutdown"]["outcome"], "skipped")
                if mode == "log":
                    self.assertEqual([total["count"] for total in run["refused"]], [1])
                self.assertTrue(os.path.exists(self.path("callgate-report", "junit.xml")))

    def test_a_signal_in_the_reference_run_leaves_nobody(self):
        self.assertEqual(self.interrupt("log", signal.SIGINT, "--baseline", "fresh"), 130)
        self.assertEqual({case["mode"] for case in self.run_json()["cases"]}, {"baseline"})

    def test_sigterm_leaves_nobody_and_the_partial_results(self):
        self.assertEqual(self.interrupt("errno", signal.SIGTERM), 143)
        self.assertEqual(self.run_json()["interrupted"], {"signal": 15})

    def test_sigkill_leaves_nobody(self):
        for mode in ("log", "errno", "enforce"):
            with self.subTest(mode=mode):
                self.assertEqual(self.interrupt(mode, signal.SIGKILL), -signal.SIGKILL)

    def test_sigterm_of_run_leaves_nobody_and_writes_the_json(self):
        process = self.start("run", "-p", "p.json", "--json", "out.json", "--", program("family"), "4")
        self.wait_for("the whole family", lambda: len(self.family()) == 6)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=30), 143)
        self.wait_for("nobody left", lambda: not alive(self.marker))
        self.assertEqual(json.loads(self.read("out.json"))["cases"][0]["refused"][0]["count"], 1)

    def test_sigkill_of_run_leaves_nobody(self):
        for mode in ("log", "enforce"):
            with self.subTest(mode=mode):
                process = self.start("run", "-p", "p.json", "-m", mode, "--", program("family"), "4")
                self.wait_for("the whole family", lambda: len(self.family()) == 6)
                process.kill()
                process.wait(timeout=30)
                self.wait_for("nobody left", lambda: not alive(self.marker))


if __name__ == "__main__":
    unittest.main()
