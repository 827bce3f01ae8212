"""How much of what a profile permits is used by its scenarios."""
import json
import subprocess
import unittest

from callgate_case import BIN, CallgateCase, program, recorders


@unittest.skipUnless("bpf" in recorders(), "the recorder bpf does not work here")
class Coverage(CallgateCase):
    def setUp(self):
        super().setUp()
        self.write("plan.yaml", json.dumps({
            "version": 1, "name": "needs", "profile": "needs.json",
            "workload": {"command": [program("needs")], "ready": {"log": "up", "within": "10s"},
                         "stop": {"signal": "SIGTERM", "within": "10s", "expect": {"exit": 0}}},
            "scenarios": [{"name": "work", "steps": [{"signal": {"send": "SIGUSR1", "expect": {"log": "done"},
                                                                 "within": "10s"}}]}]}))
        self.callgate("record", "-o", "needs.json", "--errno", "eperm", "plan.yaml")

    def add_rules(self, *rules):
        profile = json.loads(self.read("needs.json"))
        profile["syscalls"] += [{"action": "SCMP_ACT_ALLOW", **rule} for rule in rules]
        self.write("needs.json", json.dumps(profile, indent=1))

    def run_plan(self, *arguments, exits=0):
        return self.callgate("test", "plan.yaml", "--baseline", "none", *arguments, exits=exits)

    def test_what_was_recorded_is_used_to_the_last_rule(self):
        said = self.run_plan("--min-coverage", "100").stdout
        self.assertRegex(said, r"needs\.json: (\d+) of \1 permissions were used \(100 %\)")
        coverage = self.run_json()["coverage"][0]
        self.assertEqual(["startup", "work", "shutdown"], coverage["cases"])
        uses = {use["syscall"]: {one["case"]: one["count"] for one in use["by_case"]}
                for use in coverage["permissions"]}
        self.assertEqual({"work": 1}, uses["rename"])
        self.assertEqual({"startup"}, set(uses["execve"]))
        self.assertEqual({"shutdown"}, set(uses["exit_group"]))

    def test_what_nobody_uses_is_named(self):
        self.add_rules({"names": ["mount", "uselib"]},
                       {"names": ["socket"], "args": [{"index": 0, "value": 16, "op": "SCMP_CMP_EQ"}]})
        said = self.run_plan("-v").stdout
        self.assertIn("unused, so either too much is permitted or a scenario is missing:\n"
                      "      mount, uselib, socket (arg0 == 16)\n", said)
        self.assertIn("    b  work\n", said)
        self.assertRegex(said, r"\n +\d+ rename +\.b\.\n")
        self.assertRegex(self.read("callgate-report", "summary.md"), r"\n\| `rename` \| `needs\.json:\d+` \|  \| 1 \|  \|\n")
        self.assertTrue(all(case["outcome"] == "passed" for case in self.run_json()["cases"]))

    def test_less_than_was_asked_for_is_a_finding(self):
        self.add_rules({"names": ["mount", "uselib"]})
        said = self.run_plan("--min-coverage", "99", exits=1).stdout
        self.assertRegex(said, r"less than 99 %: the profile permits\s+too\s+much, or a scenario is missing")
        self.assertNotIn("callgate repro", said)
        case = self.run_json()["cases"][-1]
        self.assertEqual(("needs.json / log / coverage", "expectation-missed"), (case["name"], case["outcome"]))
        self.assertIn("Nobody used mount, uselib", case["reasons"][0])
        self.assertIn("no single case", self.callgate("repro", "callgate-report", "needs.json / log / coverage", exits=2).stderr)
        self.run_plan("--min-coverage", "10")

    def test_errno_and_enforce_mode_alone_show_no_coverage(self):
        said = self.run_plan("--mode", "errno", "--min-coverage", "10", exits=2).stderr
        self.assertIn("--min-coverage is measured in log mode: add --mode log", said)
        self.run_plan("--mode", "errno")
        self.assertNotIn("coverage", self.run_json())

    def test_a_filter_without_rules_has_none(self):
        self.callgate("convert", "needs.json", "--to", "raw-bpf", "-o", "needs.bpf")
        said = self.run_plan("--profile", "needs.bpf", "--min-coverage", "10", exits=3).stdout
        self.assertIn("needs.bpf: was not measured: a compiled filter has no rules", said)


class WithoutPrivileges(CallgateCase):
    def test_what_cannot_be_measured_is_not_guessed(self):
        self.write("plan.yaml", json.dumps({
            "version": 1, "name": "true", "profile": "all.json",
            "workload": {"command": [program("needs")], "ready": {"log": "up", "within": "10s"}}}))
        self.write("all.json", json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []}))
        subprocess.run(["chmod", "-R", "a+rwX", self.dir], check=True)
        done = subprocess.run([BIN, "test", "plan.yaml", "--baseline", "none", "--mode", "log", "--min-coverage", "1"],
                              cwd=self.dir, capture_output=True, text=True, check=False, user="nobody",
                              env={"PATH": "/usr/bin:/bin", "HOME": self.dir})
        self.assertEqual(3, done.returncode, done.stdout + done.stderr)
        self.assertIn("was not measured: the recorder 'bpf': ", done.stdout)


if __name__ == "__main__":
    unittest.main()
