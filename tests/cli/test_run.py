"""`callgate run`: one command, one profile, one mode."""
import json
import os
import subprocess
import unittest

from callgate_case import PROFILES, CallgateCase, program

DENY = '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["%s"], "action": "SCMP_ACT_ERRNO"}]}\n'
UMASK = ["/usr/bin/python3", "-c", "import os; os.umask(0o77); os.umask(0o22)"]


class Run(CallgateCase):
    def setUp(self):
        super().setUp()
        self.write("p.json", DENY % "getppid")
        self.write("quiet.json", DENY % "acct")  # nothing here makes this call

    def case(self):
        return json.loads(self.read("out.json"))

    def test_refusals_are_exit_code_1_and_exact_totals_in_the_json(self):
        done = self.callgate("run", "--profile", "p.json", "--mode", "log", "--json", "out.json", "--", program("calls"),
                             "137", exits=1)
        self.assertEqual(done.stdout, "good 137 bad 0 errno 0\n")
        run = self.case()
        self.assertEqual(run["schema"], "callgate.run/1")
        case = run["cases"][0]
        self.assertEqual([(t["syscall"], t["count"]) for t in case["refused"]], [("getppid", 137)])
        self.assertEqual(len(case["violations"][0]["args"]), 6)
        self.assertEqual(case["violations"][0]["decoded"], "getppid()")
        self.assertEqual(case["workload"]["exit"], 0)
        self.assertEqual(run["workload"]["exit"], 0)

    def test_the_command_keeps_its_streams_environment_and_exit_status(self):
        done = subprocess.run([os.environ["CALLGATE_BIN"], "run", "-q", "-p", "quiet.json", "--json", "out.json", "--", "sh", "-c",
                               'read line; echo "$line $WORD"; echo oops >&2; exit 9'], input="hello\n", text=True,
                              capture_output=True, cwd=self.dir, env={**os.environ, "WORD": "there"}, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "hello there\n", "oops\n"))
        self.assertEqual(self.case()["cases"][0]["workload"]["exit"], 9)

    def test_death_by_signal_is_in_the_report(self):
        self.callgate("run", "-p", "quiet.json", "--json", "out.json", "--", "/usr/bin/python3", "-c",
                      "import os, signal; os.kill(os.getpid(), signal.SIGUSR1)")
        self.assertEqual(self.case()["cases"][0]["workload"]["signal"], 10)

    def test_the_articles_profile_stops_a_shell_and_names_why(self):
        done = self.callgate("run", "-p", os.path.join(PROFILES, "spo-nginx-hardened.json"), "-m", "errno", "--",
                             program("calls"), exits=1)
        self.assertIn("execve", done.stderr)
        self.assertIn("cannot execute", done.stderr)

    def test_a_missing_program_is_no_verdict(self):
        done = self.callgate("run", "-p", "p.json", "--", "no-such-program", exits=3)
        self.assertIn("no program 'no-such-program' in PATH", done.stderr)

    def test_a_daemon_left_behind_is_waited_for_and_its_calls_count(self):
        self.callgate("run", "-p", "p.json", "--json", "out.json", "--", program("daemon"), "11", exits=1)
        self.assertEqual(self.case()["cases"][0]["refused"][0]["count"], 11)
        self.assertEqual(self.case()["cases"][0]["workload"]["exit"], 3)

    def test_what_outlives_the_grace_is_named_and_killed(self):
        done = self.callgate("run", "-p", "quiet.json", "--grace", "200ms", "--json", "out.json", "--", "sh", "-c",
                             "sleep 600 & exit 0")
        self.assertIn("sleep[", done.stderr)
        self.assertLess(self.case()["cases"][0]["duration_ms"], 10_000)

    def test_an_unwritable_json_is_found_before_the_launch(self):
        done = self.callgate("run", "-p", "p.json", "--json", "nowhere/out.json", "--", "touch", "launched", exits=2)
        self.assertIn("nowhere", done.stderr)
        self.assertFalse(os.path.exists(self.path("launched")))

    def test_secrets_in_arguments_do_not_reach_the_json(self):
        self.callgate("run", "-p", "quiet.json", "--json", "out.json", "--", "true", "--password=hunter22",
                      env={"MY_TOKEN": "s3cr3t-value"})
        self.assertNotIn("hunter22", self.read("out.json"))
        self.assertNotIn("s3cr3t-value", self.read("out.json"))


class ExactRule(CallgateCase):
    def refused(self, name, exits):
        self.callgate("run", "-p", name, "--json", "out.json", "--", *UMASK, exits=exits)
        run = json.loads(self.read("out.json"))
        return {total["syscall"]: total["count"] for total in run["refused"]}, run["cases"][0]["violations"]

    def test_the_exact_rule_admits_the_call_that_was_seen_and_no_other(self):
        self.write("p.json", '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]}')
        everything, _ = self.refused("p.json", 1)
        names = sorted(set(everything) - {"umask"} | {"read"})
        profile = {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": names, "action": "SCMP_ACT_ALLOW"}]}
        self.write("most.json", json.dumps(profile))
        totals, violations = self.refused("most.json", 1)
        self.assertEqual(totals, {"umask": 2})
        self.assertEqual(violations[0]["exact_rule"],
                         '{"names": ["umask"], "action": "SCMP_ACT_ALLOW", '
                         '"args": [{"index": 0, "value": 63, "op": "SCMP_CMP_EQ"}]}')
        profile["syscalls"].append(json.loads(violations[0]["exact_rule"]))
        self.write("exact.json", json.dumps(profile))
        self.assertEqual(self.refused("exact.json", 1)[0], {"umask": 1})


if __name__ == "__main__":
    unittest.main()
