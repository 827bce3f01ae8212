"""The small commands, and what every command shares."""
import json
import os
import shutil
import subprocess
import unittest

from callgate_case import BIN, SOURCE, CallgateCase

COMMANDS = ["test", "run", "repro", "report", "record", "why", "minimize", "resolve", "convert", "port", "diff", "merge", "lint", "explain",
            "disasm", "score", "audit", "init", "doctor", "list", "schema",
            "completion"]


class Commands(CallgateCase):
    def test_help_lists_every_command_and_each_explains_itself(self):
        text = self.callgate("--help").stdout
        for command in COMMANDS:
            self.assertRegex(text, rf"(?m)^  {command} ")
            help_text = self.callgate(command, "--help").stdout
            self.assertIn("Usage: callgate " + command, help_text)

    def test_the_man_page_has_every_command_and_option(self):
        with open(os.path.join(SOURCE, "harness", "docs", "callgate.1"), encoding="utf-8") as file:
            page = file.read().replace("\\-", "-")
        for command in COMMANDS:
            for line in self.callgate(command, "--help").stdout.splitlines():
                for word in line.replace(",", " ").split()[:2]:
                    if word.startswith("--"):
                        self.assertIn(word, page, command)
            self.assertIn(command, page)

    def test_version(self):
        self.assertRegex(self.callgate("--version").stdout, r"^callgate \d+\.\d+\.\d+\n$")

    def test_a_misspelt_command_is_exit_code_2_with_the_right_one(self):
        self.assertIn("did you mean 'test'?", self.callgate("tset", exits=2).stderr)

    def test_list_knows_every_registry(self):
        for kind, entry in (("steps", "http"), ("scenarios", "load"), ("reports", "junit"), ("formats", "oci"), ("lint-rules", "CG0012"),
                            ("runners", "local"), ("traps", "ptrace"), ("archs", "SCMP_ARCH_AARCH64")):
            self.assertIn(entry, self.callgate("list", kind).stdout)

    def test_the_plan_schema_accepts_the_plans_that_ship_and_refuses_a_wrong_one(self):
        self.write("schema.json", self.callgate("schema", "plan").stdout)
        check = ("import json, sys, yaml, jsonschema\n"
                 "jsonschema.validate(yaml.safe_load(open(sys.argv[2])), json.load(open(sys.argv[1])))\n")
        def validates(path):
            return subprocess.run(["/usr/bin/python3", "-c", check, self.path("schema.json"), path], check=False,
                                  capture_output=True).returncode == 0
        self.assertTrue(validates(os.path.join(SOURCE, "harness", "demo", "plan.yaml")))
        self.assertTrue(validates(os.path.join(SOURCE, "tests", "workloads", "nginx", "plan.yaml")))
        self.assertFalse(validates(self.write("wrong.yaml", "version: 1\nname: x\nworkload: {commnd: [x]}\n")))

    def test_doctor_says_that_this_host_can_do_it(self):
        self.assertIn("every mode", self.callgate("doctor").stdout)

    def test_each_trap_says_what_it_cannot_do_and_doctor_which_one_is_taken(self):
        doctor = self.callgate("doctor").stdout
        listed = self.callgate("list", "traps").stdout.splitlines()
        names = [line.split()[0] for line in listed if not line.startswith(" ")]
        self.assertEqual(names, ["ptrace", "notify"])
        for name in names:
            self.assertIn(f"  trap by {name} ", doctor)
        limits = [line.strip() for line in listed if line.startswith(" ")]
        self.assertGreaterEqual(len(limits), len(names))
        for limit in limits:
            self.assertRegex(limit, "^it ")
            self.assertIn(f"        {limit}\n", doctor)
        self.assertIn("\n`--trap auto` takes ptrace, the first that works here.\n", doctor)
        self.assertIn("\nFor a workload that traces processes by itself it takes notify.\n", doctor)

    def test_init_writes_a_plan_that_runs_and_its_proposal_passes(self):
        self.callgate("init", "--", "sleep", "60")
        self.callgate("test", "callgate.yaml", exits=1)
        os.replace(self.path("callgate-report", "profile.proposed.json"), self.path("callgate-profile.json"))
        self.callgate("test", "callgate.yaml", exits=0)
        self.callgate("test", "callgate.yaml", "--mode", "errno", "--mode", "enforce", exits=0)

    def test_a_plan_that_init_wrote_runs_in_another_checkout(self):
        os.makedirs(self.path("here", "ci"))
        shutil.copy("/bin/sleep", self.path("here", "server"))
        self.callgate("init", "--out", "here/ci/callgate.yaml", "--", "here/server", "60")
        self.assertIn('command: ["${plan.dir}/../server", "60"]', self.read("here", "ci", "callgate.yaml"))
        os.rename(self.path("here"), self.path("there"))
        self.callgate("test", "there/ci/callgate.yaml", exits=1)
        shutil.copy(self.path("callgate-report", "profile.proposed.json"), self.path("there", "ci", "callgate-profile.json"))
        self.callgate("test", "there/ci/callgate.yaml")

    def test_init_overwrites_nothing_unless_told_to(self):
        self.write("callgate.yaml", "mine")
        self.assertIn("--force", self.callgate("init", exits=2).stderr)
        self.assertEqual(self.read("callgate.yaml"), "mine")
        self.assertFalse(os.path.exists(self.path("callgate-profile.json")))
        self.callgate("init", "--force")
        self.assertIn("version: 1", self.read("callgate.yaml"))

    def test_dry_run_says_what_would_run_and_launches_nothing(self):
        self.callgate("init", "--", "touch", self.path("launched"))
        text = self.callgate("test", "callgate.yaml", "--dry-run").stdout
        self.assertIn("touch", text)
        self.assertIn("log mode", text)
        self.assertFalse(os.path.exists(self.path("launched")))
        self.assertFalse(os.path.exists(self.path("callgate-report")))

    def test_reports_can_be_chosen_and_put_elsewhere(self):
        self.callgate("init", "--", "sleep", "60")
        self.callgate("test", "callgate.yaml", "--report", "junit", "--report", "markdown=summary.txt", exits=1)
        self.assertEqual(sorted(os.listdir(self.path("callgate-report"))),
                         ["junit.xml", "profile.diff", "profile.proposed.json", "run.json"])
        self.assertTrue(os.path.getsize(self.path("summary.txt")))
        self.assertIn("no report 'junti'", self.callgate("test", "callgate.yaml", "--report", "junti", exits=2).stderr)

    def test_format_json_prints_the_run_and_nothing_else_on_stdout(self):
        self.callgate("init", "--", "sleep", "60")
        printed = self.callgate("test", "callgate.yaml", "--format", "json", exits=1).stdout
        self.assertEqual(json.loads(printed), self.run_json())

    def test_a_reader_that_goes_away_ends_nothing(self):
        self.callgate("init", "--", "sleep", "60")
        done = subprocess.run(f"{BIN} test callgate.yaml 2>&1 | true; test ${{PIPESTATUS[0]}} -eq 1", shell=True, cwd=self.dir,
                              executable="/bin/bash", check=False)
        self.assertEqual(done.returncode, 0)
        self.assertTrue(self.run_json()["cases"])


if __name__ == "__main__":
    unittest.main()
