"""Profiles from what a workload does, and what is known of their rules."""
import json
import os
import unittest

from callgate_case import SOURCE, CallgateCase, program, recorders


class Record(CallgateCase):
    def setUp(self):
        super().setUp()
        self.plan = {
            "version": 1, "name": "needs", "profile": "needs.json",
            "workload": {"command": [program("needs")], "ready": {"log": "up", "within": "10s"},
                         "stop": {"signal": "SIGTERM", "within": "10s", "expect": {"exit": 0}}},
            "scenarios": [{"name": "work", "steps": [{"signal": {"send": "SIGUSR1", "expect": {"log": "done"},
                                                                 "within": "10s"}}]}]}
        self.write("plan.yaml", json.dumps(self.plan))

    def record(self, *arguments, exits=0):
        return self.callgate("record", "-o", "needs.json", *arguments, exits=exits)

    def lock(self):
        lock = json.loads(self.read("needs.lock.json"))
        return lock, {call["syscall"]: call for call in lock["calls"]}

    def test_each_recorder_sees_the_same_and_what_is_recorded_passes(self):
        seen = {}
        for name in recorders():
            said = self.record("--recorder", name, "--force", "plan.yaml").stdout
            self.assertIn(f"seen by {name}", said)
            self.assertIn("wrote needs.json and needs.lock.json", said)
            lock, calls = self.lock()
            self.assertEqual(["work"], lock["scenarios"])
            self.assertEqual(name == "ptrace", lock["second_pass"])
            seen[name] = {call: [facts.get(key) for key in ("count", "runs", "by_case", "values", "untold", "executables")]
                          for call, facts in calls.items()}
            self.assertRegex(self.callgate("why", "needs.json", "rename").stdout,
                             r"  for example at\n    rename .*libc.*\n    \w+ .*needs")
            self.callgate("test", "plan.yaml", "--baseline", "none", exits=0)
        self.assertIn("ptrace", seen)
        self.assertEqual(1, len({json.dumps(found, sort_keys=True) for found in seen.values()}), seen)
        rename = seen["ptrace"]["rename"]
        self.assertEqual([1, 1, {"work": 1}], rename[:3])

    def test_what_only_a_run_at_full_speed_makes_is_recorded_too(self):
        marker = self.path("marker")
        self.plan["workload"]["command"] = ["/bin/sh", "-c", f"if test -e {marker}; then {program('number')} 999 7; fi; "
                                            f": > {marker}; exec {program('needs')}"]
        self.write("plan.yaml", json.dumps(self.plan))
        said = self.record("--recorder", "ptrace", "plan.yaml").stdout
        self.assertIn("run once more at full speed, where only news are counted", said)
        self.assertIn("  syscall 999 only at full speed\n", said)
        _, calls = self.lock()
        self.assertEqual((7, 0), (calls["syscall 999"]["count"], calls["syscall 999"]["runs"]))
        self.assertEqual((1, 1), (calls["rename"]["count"], calls["rename"]["runs"]))
        self.assertIn("  made on x86_64 at least once, in 1 of 1 run\n", self.callgate("why", "needs.json", "rename").stdout)

    def test_the_pass_that_stops_at_every_call_is_brief(self):
        self.plan["scenarios"][0]["steps"] = [{"signal": {"send": "SIGUSR1", "every": "10ms", "for": "3s"}}]
        self.write("plan.yaml", json.dumps(self.plan))
        self.record("--recorder", "ptrace", "plan.yaml")
        _, calls = self.lock()
        self.assertLessEqual(calls["rename"]["count"], 101)

    def test_every_rule_says_why_it_is_there(self):
        self.record("--base", "docker,nnp=true", "plan.yaml")
        names = {name for rule in json.loads(self.read("needs.json"))["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW"
                 for name in rule["names"]}
        for name in sorted(names):
            self.assertIn(name, self.callgate("why", "needs.json", name).stdout)
        self.assertRegex(self.callgate("why", "needs.json", "rename").stdout,
                         r"(?s)rename\n  made on x86_64 once, in 1 of 1 run\n.*    in work: once\n      signal SIGUSR1: once\n"
                         r".*by .*/programs/needs\n")
        self.assertIn("base: runc makes it between loading the filter and starting the workload, with no_new_privileges",
                      self.callgate("why", "needs.json", "getdents64").stdout)
        self.assertEqual("mount: nobody saw it\n", self.callgate("why", "needs.json", "mount", exits=1).stdout)

    def test_a_program_of_the_working_directory_is_the_same_in_every_recording(self):
        source = os.path.join(SOURCE, "tests", "programs", "needs.c")
        self.plan["workload"].update(prepare=[["cp", source, "mine.c"], ["cc", "-g", "-o", "mine", "mine.c"]],
                                     command=["./mine"])
        self.write("plan.yaml", json.dumps(self.plan))
        self.record("--repeat", "2", "plan.yaml")
        lock, calls = self.lock()
        self.assertIn("${workdir}/mine.c", [frame.get("file") for frame in calls["rename"]["stack"]])
        self.assertEqual(["${workdir}/mine"], [one["path"] for one in lock["programs"]])
        self.record("--against", "needs.lock.json", "plan.yaml")

    def test_unseen_calls_with_a_fallback_get_enosys(self):
        self.record("plan.yaml")
        rules = json.loads(self.read("needs.json"))["syscalls"]
        soft = [rule for rule in rules if rule.get("errnoRet") == 38]
        self.assertIn("clone3", soft[0]["names"])
        self.record("--errno", "eperm", "--force", "plan.yaml")
        self.assertNotIn("errnoRet", self.read("needs.json"))

    def test_arguments_are_permitted_as_every_run_saw_them(self):
        self.assertIn("add --repeat 3", self.record("--args", "plan.yaml", exits=2).stderr)
        for name in recorders():
            self.record("--recorder", name, "--args", "--repeat", "2", "--force", "plan.yaml")
            rules = json.loads(self.read("needs.json"))["syscalls"]
            opens = [rule for rule in rules if rule["names"] == ["openat"]]
            self.assertTrue(opens)
            self.assertTrue(all(rule["args"] for rule in opens))
            self.callgate("test", "plan.yaml", "--baseline", "none", exits=0)

    def test_a_command_is_recorded(self):
        said = self.record("--", "/bin/true").stdout
        self.assertIn("/bin/true: ", said)
        _, calls = self.lock()
        self.assertEqual({"run": calls["execve"]["count"]}, calls["execve"]["by_case"])
        self.assertIn("exit_group", calls)

    def test_how_often_each_call_appeared_is_told(self):
        said = self.record("--repeat", "3", "plan.yaml").stdout
        self.assertRegex(said, r"what 3 runs did not show happens in fewer than \d+ % of runs")
        lock, calls = self.lock()
        self.assertEqual(3, lock["runs"])
        self.assertEqual(3, calls["rename"]["runs"])
        self.assertEqual(3, calls["rename"]["count"])

    def test_a_workload_that_fails_is_not_recorded(self):
        self.plan["scenarios"][0]["steps"][0]["signal"]["expect"] = {"log": "never said"}
        self.plan["scenarios"][0]["steps"][0]["signal"]["within"] = "100ms"
        self.write("plan.yaml", json.dumps(self.plan))
        said = self.record("plan.yaml", exits=1).stderr
        self.assertIn("nothing is written, since the workload fails without a profile: work: ", said)
        with self.assertRaises(FileNotFoundError):
            self.read("needs.json")

    def test_what_changed_since_a_recording_is_told_with_its_cause(self):
        self.record("plan.yaml")
        self.assertRegex(self.record("--against", "needs.lock.json", "plan.yaml").stdout, r"needs: the calls of \S+, \d+ of them")
        self.plan["scenarios"].insert(0, {"name": "stop-and-go", "steps": [{"signal": {"send": "SIGUSR1"}}]})
        self.plan["scenarios"].pop()
        self.write("plan.yaml", json.dumps(self.plan))
        before = self.read("needs.lock.json")
        self.callgate("record", "-o", "other.json", "plan.yaml")
        self.record("--against", "needs.lock.json", "plan.yaml")
        older = json.loads(before)
        older["calls"] = [call for call in older["calls"] if call["syscall"] != "rename"]
        older["scenarios"] = []
        self.write("older.lock.json", json.dumps(older))
        said = self.record("--against", "older.lock.json", "plan.yaml", exits=1).stdout
        self.assertIn("+ rename on x86_64\n      the scenario 'stop-and-go' is new\n", said)
        self.assertEqual(before, self.read("needs.lock.json"))

    def test_an_update_changes_what_drifted_and_keeps_the_rest(self):
        self.record("plan.yaml")
        profile = json.loads(self.read("needs.json"))
        profile["syscalls"].insert(0, {"comment": "keep: the next version flushes", "names": ["sync"],
                                       "action": "SCMP_ACT_ALLOW"})
        profile["syscalls"][1]["names"].remove("fsync")  # as if it was recorded before that call came
        text = json.dumps(profile, indent=4)
        self.write("needs.json", text)
        lock = json.loads(self.read("needs.lock.json"))
        lock["calls"] = [call for call in lock["calls"] if call["syscall"] != "fsync"]
        self.write("needs.lock.json", json.dumps(lock))
        said = self.record("--update", "plan.yaml").stdout
        self.assertIn("+ fsync on x86_64\n", said)
        self.assertIn("needs.json now permits: fsync\n", said)
        self.assertNotIn("no longer permits", said)
        updated = json.loads(self.read("needs.json"))
        self.assertEqual(profile["syscalls"][0]["comment"], updated["syscalls"][0]["comment"])
        self.assertIn("kept: the next version flushes", self.callgate("why", "needs.json", "sync").stdout)
        self.assertIn("made on", self.callgate("why", "needs.json", "fsync").stdout)
        self.assertEqual(text.count("\n"), self.read("needs.json").count("\n") - 1)
        self.assertIn("its rules stay as they are", self.record("--update", "plan.yaml").stdout)
        self.plan["scenarios"] = []
        self.write("plan.yaml", json.dumps(self.plan))
        said = self.record("--update", "plan.yaml").stdout
        self.assertRegex(said, r"needs.json no longer permits: fsync, getpriority, rename\n")
        self.callgate("test", "plan.yaml", "--baseline", "none", exits=0)

    def test_a_profile_written_by_hand_gets_evidence_and_loses_nothing(self):
        names = ["sync", "execve", "write", "read"]
        by_hand = {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
            {"names": names, "action": "SCMP_ACT_ALLOW"},
            {"names": ["sysinfo"], "action": "SCMP_ACT_ALLOW", "comment": "keep: the next version asks"}]}
        self.write("needs.json", json.dumps(by_hand))
        said = self.record("--update", "plan.yaml").stdout
        self.assertIn("needs.json had no lock: none of its rules goes\n", said)
        self.assertRegex(said, r"needs.json now permits: .*rename")
        self.assertIn("sync is permitted at needs.json:1 and was never recorded", said)
        self.assertEqual(names, json.loads(self.read("needs.json"))["syscalls"][0]["names"][:4])
        self.assertIn("kept: the next version asks", self.callgate("why", "needs.json", "sysinfo").stdout)
        self.assertIn("made on", self.callgate("why", "needs.json", "write").stdout)
        self.assertEqual("sync: nobody saw it\n", self.callgate("why", "needs.json", "sync", exits=1).stdout)
        self.assertIn("its rules stay as they are", self.record("--update", "plan.yaml").stdout)

    def test_an_update_needs_a_profile(self):
        self.assertIn("--update: ", self.record("--update", "plan.yaml", exits=2).stderr)
        self.record("plan.yaml")
        self.assertIn("give one of them",
                      self.record("--update", "--against", "needs.lock.json", "plan.yaml", exits=2).stderr)
        self.assertIn("--update keeps the profile as it is",
                      self.record("--update", "--to", "spo", "plan.yaml", exits=2).stderr)

    def test_another_architecture_is_predicted(self):
        self.record("--for-arch", "aarch64", "plan.yaml")
        profile = json.loads(self.read("needs.json"))
        self.assertIn("SCMP_ARCH_AARCH64", profile["architectures"])
        predicted = {name: rule["comment"] for rule in profile["syscalls"] for name in rule["names"]
                     if rule.get("comment", "").startswith("predicted, not observed")}
        self.assertIn("renameat", predicted)
        self.assertIn("predicted: on aarch64: predicted, not observed", self.callgate("why", "needs.json", "renameat").stdout)
        self.assertIn("--for-arch", self.record("--force", "--for-arch", "vax", "plan.yaml", exits=2).stderr)

    def test_what_is_there_is_not_overwritten_and_a_changed_profile_is_told(self):
        self.record("plan.yaml")
        self.assertIn("'needs.json' is there already", self.record("plan.yaml", exits=2).stderr)
        self.write("needs.json", self.read("needs.json").replace("SCMP_ACT_ERRNO", "SCMP_ACT_KILL", 1))
        self.assertIn("needs.json was changed since it was recorded", self.callgate("why", "needs.json", "rename").stderr)
        self.write("needs.lock.json", '{"schema": "another/1"}')
        self.assertIn("needs.lock.json:1:1: error: this is no 'callgate.lock/1'",
                      self.callgate("why", "needs.json", "rename", exits=2).stderr)


if __name__ == "__main__":
    unittest.main()
