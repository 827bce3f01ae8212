"""`callgate repro`: one case of a report, again; and what a report says so that this can be done."""
import hashlib
import os
import subprocess
import unittest

from callgate_case import BIN, CallgateCase, program

DENY = '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["%s"], "action": "SCMP_ACT_ERRNO"}]}\n'


class ReproOfRun(CallgateCase):
    def setUp(self):
        super().setUp()
        self.write("p.json", DENY % "getppid")
        os.symlink(program("calls"), self.path("calls"))

    def record(self, *words, **kwargs):
        return self.callgate("run", "-p", "p.json", "-m", "errno", "--json", "out.json", "--", *words, **kwargs)

    def test_the_recorded_command_line_is_run_again_with_its_profile_and_mode(self):
        first = self.record("./calls", "5", exits=1)
        again = self.callgate("repro", "out.json", "1", exits=1)
        self.assertEqual(again.stdout, first.stdout)
        self.assertIn("reproduced: violated again, with the same refusals: getppid\n", again.stderr)
        case = self.run_json("callgate-repro")["cases"][0]
        self.assertEqual((case["mode"], case["refused"][0]["count"]), ("errno", 5))
        self.assertTrue(os.path.exists(self.path("callgate-repro", "summary.md")))

    def test_it_runs_where_it_ran_and_can_be_repeated_once_more(self):
        self.record("./calls", "5", exits=1)
        os.mkdir(self.path("elsewhere"))
        for report in ("../out.json", "callgate-repro"):
            done = subprocess.run([BIN, "repro", report, "run"], cwd=self.path("elsewhere"), capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("reproduced: violated again", done.stderr)
            self.assertNotIn("warning", done.stderr)
        self.assertEqual(self.run_json("elsewhere/callgate-repro")["directory"], os.path.realpath(self.dir))

    def test_a_secret_that_was_taken_out_is_not_guessed(self):
        self.record("./calls", "5", "--password=hunter22", exits=1)
        done = self.callgate("repro", "out.json", "1", exits=2)
        self.assertIn("holds *** in place of a secret", done.stderr)
        self.assertFalse(os.path.exists(self.path("callgate-repro")))

    def test_a_profile_that_changed_is_warned_of_and_one_that_is_gone_refused(self):
        self.record("./calls", "5", exits=1)
        self.write("p.json", DENY % "acct")
        done = self.callgate("repro", "out.json", "1")
        self.assertIn("warning: p.json has changed since the report was made", done.stderr)
        self.assertIn("not reproduced: refused only then: getppid; the outcome was violated and is passed", done.stderr)
        os.remove(self.path("p.json"))
        self.assertIn("the profile 'p.json' of the report is not there", self.callgate("repro", "out.json", "1", exits=2).stderr)

    def test_what_is_no_report_is_refused(self):
        self.assertIn("run.json", self.callgate("repro", ".", "1", exits=2).stderr)
        self.write("other.json", "{}")
        self.assertIn("other.json: schema is missing", self.callgate("repro", "other.json", "1", exits=2).stderr)


class ReproOfTest(CallgateCase):
    def setUp(self):
        super().setUp()
        self.callgate("init", "--", "sleep", "60")
        self.printed = self.callgate("test", "callgate.yaml", exits=1).stdout

    def test_the_last_line_of_a_report_is_the_command_that_shows_it_again(self):
        self.assertIn("      patch -p0 < callgate-report/profile.diff\n", self.printed)
        line = self.printed.splitlines()[-1]
        self.assertRegex(line, r"^      callgate repro callgate-report/ '.*'$")
        done = subprocess.run(line.replace("callgate", BIN, 1), shell=True, cwd=self.dir, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout.splitlines()[-1], "^reproduced: violated again, with the same refusals: ")
        again = self.run_json("callgate-repro")
        self.assertEqual({case["mode"] for case in again["cases"]}, {"log"})
        self.assertEqual(again["plan"], "callgate.yaml")

    def test_a_case_that_is_not_one_is_answered_with_those_that_are(self):
        done = self.callgate("repro", "callgate-report", "profile", exits=2)
        self.assertRegex(done.stderr, r"'profile' fits 3 cases .*\n +1  callgate-profile.json / log / startup\n +2  ")
        self.assertIn("it holds:", self.callgate("repro", "callgate-report", "99", exits=2).stderr)
        self.assertFalse(os.path.exists(self.path("callgate-repro")))

    def test_after_the_repair_the_case_is_not_reproduced(self):
        os.replace(self.path("callgate-report", "profile.proposed.json"), self.path("callgate-profile.json"))
        done = self.callgate("repro", "callgate-report", "log / startup", "--out", "again")
        self.assertIn("warning: callgate-profile.json has changed", done.stderr)
        self.assertIn("not reproduced: refused only then: ", done.stdout)
        self.assertEqual(self.run_json("again")["exit_code"], 0)

    def test_the_report_says_what_it_was_made_from(self):
        run = self.run_json()
        self.assertEqual(run["directory"], os.path.realpath(self.dir))
        self.assertEqual([file["path"] for file in run["inputs"]], ["callgate.yaml", "callgate-profile.json"])
        for file in run["inputs"]:
            with open(self.path(file["path"]), "rb") as text:
                self.assertEqual(file["sha256"], hashlib.sha256(text.read()).hexdigest())


class Scenarios(CallgateCase):
    PLAN = """
version: 1
name: shell
workload:
  command: [sh, -c, "trap 'umask 011' HUP; trap 'umask 022; exit 0' TERM; while :; do sleep 0.1; done"]
  files: [{path: note, source: note.in}]
  stop: {signal: SIGTERM, within: 10s, expect: {exit: 0}}
profile: p.json
modes: [log]
scenarios:
  - {name: hangup, steps: [{signal: {send: SIGHUP}}, {sleep: 500ms}]}
  - {name: idle, steps: [{sleep: 10ms}]}
  - {name: alone, workload: {env: {X: "1"}}, steps: [{signal: {send: SIGHUP}}, {sleep: 500ms}]}
"""

    def test_only_the_instance_of_the_case_runs_again(self):
        self.write("plan.yaml", self.PLAN)
        self.write("note.in", "a note\n")
        self.write("p.json", DENY % "umask")
        self.callgate("test", "plan.yaml", exits=1)
        self.assertIn("note.in", [file["path"] for file in self.run_json()["inputs"]])
        for case, scenarios in (("log / hangup", ["startup", "hangup", "shutdown"]),
                                ("log / startup", ["startup", "shutdown"]),
                                ("log / shutdown", ["startup", "hangup", "idle", "shutdown"]),
                                ("log / alone", ["alone: startup", "alone", "alone: shutdown"])):
            done = self.callgate("repro", "callgate-report", "p.json / " + case, exits=1)
            self.assertRegex(done.stdout.splitlines()[-1], "^reproduced: ", case)
            self.assertEqual([c["scenario"] for c in self.run_json("callgate-repro")["cases"]], scenarios)


if __name__ == "__main__":
    unittest.main()
