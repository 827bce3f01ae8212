"""Which permissions a workload needs: each is refused in turn, and what nobody misses is found."""
import json
import signal
import subprocess
import unittest

from callgate_case import BIN, CallgateCase, program


class Minimize(CallgateCase):
    def setUp(self):
        super().setUp()
        self.write("empty.json", '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []}')
        self.plan("empty.json")
        self.callgate("test", "plan.yaml", "--mode", "log", "--baseline", "none", exits=1)
        wide = json.loads(self.read("callgate-report", "profile.proposed.json"))
        wide["syscalls"].append({"names": ["mount", "setns"], "action": "SCMP_ACT_ALLOW"})
        self.write("wide.json", json.dumps(wide, indent=2))
        self.plan("wide.json")

    def plan(self, profile):
        self.write("plan.yaml", json.dumps({
            "version": 1, "name": "needs", "profile": profile,
            "workload": {"command": [program("needs")], "ready": {"log": "up", "within": "5s"},
                         "stop": {"signal": "SIGTERM", "within": "5s", "expect": {"exit": 0}}},
            "scenarios": [{"name": "work", "steps": [{"signal": {"send": "SIGUSR1", "expect": {"log": "done"},
                                                                 "within": "2s"}}]}]}))

    def grades(self):
        return {call["syscall"]: call for call in json.loads(self.read("callgate-minimize", "minimize.json"))["calls"]}

    def test_each_permission_is_graded_and_what_is_left_passes(self):
        said = self.callgate("minimize", "plan.yaml", "--jobs", "2", exits=1)
        calls = self.grades()
        self.assertEqual("essential", calls["rename"]["need"])
        self.assertEqual("work", calls["rename"]["scenario"])
        self.assertEqual(["work"], calls["rename"]["uses"])
        self.assertEqual(["essential"] * 2, [calls[name]["need"] for name in ("rt_sigtimedwait", "openat")])
        # Refused at startup, missed in a scenario: a signal that is waited for and not blocked ends the program.
        self.assertEqual(("essential", "work"), (calls["rt_sigprocmask"]["need"], calls["rt_sigprocmask"]["scenario"]))
        self.assertEqual("degraded", calls["fsync"]["need"])
        self.assertIn("cannot write to disk", calls["fsync"]["why"])
        self.assertEqual("tolerated", calls["getpriority"]["need"])
        self.assertEqual(["unused"] * 2, [calls[name]["need"] for name in ("mount", "setns")])
        self.assertIn("permitted calls are needed", said.stdout)
        small = json.loads(self.read("callgate-minimize", "minimized.json"))
        names = {name for rule in small["syscalls"] for name in rule["names"]}
        self.assertFalse(names & {"mount", "setns", "getpriority"})
        self.assertLessEqual({"rename", "fsync", "rt_sigtimedwait"}, names)
        self.callgate("test", "plan.yaml", "--profile", "callgate-minimize/minimized.json", "--mode", "enforce", exits=0)

        again = self.callgate("minimize", "plan.yaml", "--format", "json", exits=1)
        told = json.loads(again.stdout)
        self.assertEqual(told["trials"], told["remembered"])
        self.assertNotIn("  [1] ", again.stderr)

    def test_interrupted_it_goes_on_where_it_was(self):
        # The fifth time that somebody gets there waits to be interrupted.
        runs = self.write("runs", "")
        plan = json.loads(self.read("plan.yaml"))
        plan["scenarios"][0]["steps"].append({"exec": {"command": [
            "sh", "-c", f"echo one >>{runs}; test $(wc -l <{runs}) -ne 5 || exec sleep 100"], "within": "110s"}})
        self.write("plan.yaml", json.dumps(plan))
        with subprocess.Popen([BIN, "minimize", "plan.yaml"], cwd=self.dir, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True) as running:
            self.addCleanup(running.kill)
            self.wait_for("the fifth run", lambda: self.read("runs").count("one") == 5 or running.poll() is not None)
            running.send_signal(signal.SIGINT)
            said = running.stderr.read()
        self.assertEqual(130, running.returncode, said)
        self.assertIn("goes on where it was", said)
        told = json.loads(self.callgate("minimize", "plan.yaml", "--format", "json", exits=1).stdout)
        self.assertGreaterEqual(told["remembered"], 1)
        self.assertGreater(told["trials"], told["remembered"])

    def test_a_profile_that_fails_its_own_test_is_told_before_anything_is_taken_out(self):
        self.plan("empty.json")
        said = self.callgate("minimize", "plan.yaml", exits=1).stderr
        self.assertIn("the profile fails before anything is taken out of it: ", said)

    def test_what_cannot_be_minimized_is_refused(self):
        self.write("open.json", '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []}')
        self.assertIn("open.json permits what it does not name",
                      self.callgate("minimize", "plan.yaml", "-p", "open.json", exits=2).stderr)
        self.assertIn("'.' holds files of something else",
                      self.callgate("minimize", "plan.yaml", "--out", ".", exits=2).stderr)


if __name__ == "__main__":
    unittest.main()
