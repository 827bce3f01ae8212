"""A run that several machines share, the one run that comes of it, and what is run again."""
import json
import os
import shutil
import subprocess
import unittest

import jsonschema

from callgate_case import BIN, CallgateCase, program

SHARDS = 4


def of_cases(run):
    """What has to be the same however the run was shared out: not times, not process numbers."""
    return [(case["name"], case["outcome"], sorted({(v["syscall"], v["action"], v["happened"]) for v in case["violations"]}))
            for case in run["cases"]]


class Base(CallgateCase):
    def setUp(self):
        super().setUp()
        workload = {"command": [program("needs")], "ready": {"log": "up", "within": "10s"},
                    "stop": {"signal": "SIGTERM", "within": "10s", "expect": {"exit": 0}}}
        work = [{"signal": {"send": "SIGUSR1", "expect": {"log": "done"}, "within": "10s"}}]
        self.write("plan.yaml", json.dumps({
            "version": 1, "name": "needs", "profile": "needs.json", "modes": ["log", "errno", "enforce"], "workload": workload,
            "scenarios": [{"name": "work", "steps": work},
                          {"name": "again", "steps": work},
                          {"name": "alone", "workload": {"env": {"ALONE": "1"}}, "steps": work}]}))
        self.callgate("record", "-o", "needs.json", "plan.yaml")

    def without(self, *names):
        """Takes calls out of the profile that was recorded."""
        profile = json.loads(self.read("needs.json"))
        for rule in profile["syscalls"]:
            rule["names"] = [name for name in rule["names"] if name not in names]
        profile["syscalls"] = [rule for rule in profile["syscalls"] if rule["names"]]
        self.write("needs.json", json.dumps(profile, indent=2))

    def shard(self, index, *arguments, exits, total=SHARDS):
        return self.callgate("test", "plan.yaml", "--shard", f"{index}/{total}", "--out", f"shard-{index}", *arguments, exits=exits)

    def all_shards(self, *arguments):
        """Runs every shard as a pipeline does, each with the code that its cases say."""
        codes = []
        schema = json.loads(self.callgate("schema", "run").stdout)
        for index in range(1, SHARDS + 1):
            done = subprocess.run([BIN, "test", "plan.yaml", "--shard", f"{index}/{SHARDS}", "--out", f"shard-{index}", *arguments],
                                  cwd=self.dir, capture_output=True, text=True, check=False, timeout=240)
            codes.append(done.returncode)
            shard = self.run_json(f"shard-{index}")
            self.assertEqual((index, SHARDS), (shard["shard"]["index"], shard["shard"]["total"]))
            self.assertEqual(done.returncode, shard["exit_code"])
            jsonschema.validate(shard, schema)
        return codes, [f"shard-{index}" for index in range(SHARDS, 0, -1)]


class Shards(Base):
    def test_four_shards_are_the_run_that_one_machine_makes(self):
        self.without("rename")
        self.callgate("test", "plan.yaml", "--out", "whole", exits=1)
        codes, shards = self.all_shards()
        self.assertEqual(1, max(codes))
        self.callgate("report", *shards, "--out", "merged", exits=1)
        whole, merged = self.run_json("whole"), self.run_json("merged")
        self.assertEqual(of_cases(whole), of_cases(merged))
        self.assertNotIn("shard", merged)
        self.assertEqual(whole["refused"], merged["refused"])
        self.assertEqual(whole["inputs"], merged["inputs"])
        self.assertEqual(whole["proposals"], merged["proposals"])
        self.assertEqual(self.read("whole", "profile.diff"), self.read("merged", "profile.diff"))
        self.assertEqual(self.read("whole", "profile.proposed.json"), self.read("merged", "profile.proposed.json"))
        self.assertEqual(sorted(os.listdir(self.path("whole"))), sorted(os.listdir(self.path("merged"))))
        # What was shared out is all of it, once.
        names = [case["name"] for index in range(1, SHARDS + 1) for case in self.run_json(f"shard-{index}")["cases"]]
        self.assertEqual(sorted(names), sorted(case["name"] for case in whole["cases"]))

    def test_merging_refuses_what_is_not_one_whole_run(self):
        _, shards = self.all_shards()
        self.assertIn("these are missing: 2", self.callgate("report", shards[0], shards[1], shards[3], exits=2).stderr)
        self.assertIn("there twice", self.callgate("report", *shards, shards[0], exits=2).stderr)
        self.assertFalse(os.path.exists(self.path("callgate-report")))
        for arguments in (("--seed", "7"), ("--repeat", "2"), ("--mode", "log,errno"), ("--scenario", "work")):
            self.shard(2, *arguments, exits=0)
            self.assertIn("are not of the same run", self.callgate("report", *shards, exits=2).stderr, arguments)
        plan = self.read("plan.yaml")
        self.write("plan.yaml", plan + "\n")
        self.shard(2, exits=0)
        self.assertIn("are not of the same run", self.callgate("report", *shards, exits=2).stderr)

    def test_a_shard_with_nothing_to_do_passes_and_says_so(self):
        done = self.shard(7, total=7, exits=0)
        self.assertIn("shard 7 of 7, as --shard says; nothing is left for it to do", done.stdout)
        self.assertEqual([], self.run_json("shard-7")["cases"])

    def test_timings_decide_who_runs_what(self):
        self.callgate("test", "plan.yaml", "--out", "whole")
        run = self.run_json("whole")
        slow = "needs.json / errno / alone"
        for case in run["cases"]:
            case["duration_ms"] = 100_000 if case["name"] == slow else 1
        self.write("timings.json", json.dumps(run))
        self.shard(1, "--timings", "timings.json", total=2, exits=0)
        self.shard(2, "--timings", "timings.json", total=2, exits=0)
        one, two = (self.run_json(f"shard-{index}")["cases"] for index in (1, 2))
        self.assertEqual({"alone: startup", "alone", "alone: shutdown"}, {case["scenario"] for case in one})
        self.assertEqual({"errno"}, {case["mode"] for case in one})
        self.assertEqual(len(run["cases"]), len(one) + len(two))
        self.shard(2, total=2, exits=0)
        self.assertIn("are not of the same run", self.callgate("report", "shard-1", "shard-2", exits=2).stderr)
        self.assertIn("--shard", self.callgate("test", "plan.yaml", "--timings", "timings.json", exits=2).stderr)

    def test_auto_is_what_the_system_says_or_a_refusal(self):
        done = self.callgate("test", "plan.yaml", "--shard", "auto", "-n", env={"CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "6"})
        self.assertEqual(1, done.stdout.count("startup"))
        self.assertIn("no variable says", self.callgate("test", "plan.yaml", "--shard", "auto", exits=2).stderr)
        self.assertIn("'5' of '4' is no shard", self.callgate("test", "plan.yaml", "--shard", "5/4", exits=2).stderr)

    def test_a_single_run_is_reported_again_in_every_form(self):
        self.without("rename")
        self.callgate("test", "plan.yaml", "--mode", "log", exits=1)
        done = self.callgate("report", "callgate-report", "--out", "again", "--report", "junit=elsewhere.xml", "--format", "json", exits=1)
        for name in os.listdir(self.path("callgate-report")):
            if name != "run.json" and os.path.exists(self.path("again", name)):
                self.assertEqual(self.read("callgate-report", name), self.read("again", name), name)
        self.assertEqual(self.read("callgate-report", "run.json"), self.read("again", "run.json"))
        self.assertEqual(self.read("again", "run.json"), done.stdout)
        self.assertTrue(os.path.exists(self.path("elsewhere.xml")))

    def test_a_profile_that_changed_is_not_repaired_by_an_old_run(self):
        self.without("rename")
        self.callgate("test", "plan.yaml", "--mode", "log", exits=1)
        shutil.move(self.path("needs.json"), self.path("moved.json"))
        self.callgate("report", "callgate-report", "--out", "again", exits=1)
        self.assertNotIn("profile.diff", os.listdir(self.path("again")))
        again = self.run_json("again")
        self.assertIn("needs.json is not here as it was in the run: no repaired file is written", again["notes"])
        self.assertEqual(["rename"], again["proposals"][0]["added"])


class LastFailed(Base):
    def test_only_what_failed_runs_again(self):
        plan = json.loads(self.read("plan.yaml"))
        plan["scenarios"][1]["steps"] = [{"signal": {"send": "SIGUSR1", "expect": {"log": "never said"}, "within": "300ms"}}]
        self.write("plan.yaml", json.dumps(plan))
        self.callgate("test", "plan.yaml", "--baseline", "none", exits=1)
        failed = {case["name"] for case in self.run_json()["cases"] if case["outcome"] != "passed"}
        self.assertEqual({f"needs.json / {mode} / again" for mode in ("log", "errno", "enforce")}, failed)
        self.callgate("test", "plan.yaml", "--baseline", "none", "--last-failed", "callgate-report", "--mode", "errno", "--out", "again",
                      exits=1)
        self.assertEqual(["startup", "again", "shutdown"], [case["scenario"] for case in self.run_json("again")["cases"]])
        plan["scenarios"][1]["steps"] = plan["scenarios"][0]["steps"]
        self.write("plan.yaml", json.dumps(plan))
        self.callgate("test", "plan.yaml", "--last-failed", "callgate-report", "--out", "again")
        self.assertEqual(9, len(self.run_json("again")["cases"]))
        done = self.callgate("test", "plan.yaml", "--last-failed", "again", exits=4)
        self.assertIn("no case of again that is selected here failed", done.stderr)

    def test_an_instance_of_its_own_is_run_whole(self):
        self.callgate("test", "plan.yaml")
        run = self.run_json()
        for case in run["cases"]:
            if case["name"] in ("needs.json / log / alone: shutdown", "needs.json / enforce / shutdown"):
                case["outcome"] = "violated"
        self.write("earlier.json", json.dumps(run))
        self.callgate("test", "plan.yaml", "--last-failed", "earlier.json", "--out", "again")
        self.assertEqual([("log", "alone: startup"), ("log", "alone"), ("log", "alone: shutdown"), ("enforce", "startup"),
                          ("enforce", "work"), ("enforce", "again"), ("enforce", "shutdown")],
                         [(case["mode"], case["scenario"]) for case in self.run_json("again")["cases"]])


if __name__ == "__main__":
    unittest.main()
