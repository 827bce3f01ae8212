"""Ten mistakes in a plan or a profile are ten positioned diagnostics in one go, exit code 2, and nothing is launched."""
import os
import re
import unittest

from callgate_case import CallgateCase

PROFILE = """{
  "defaultAction": "SCMP_ACT_EPERM",
  "architectures": ["SCMP_ARCH_AMD64"],
  "flags": ["SECCOMP_FILTER_FLAG_LOGG"],
  "sycalls": [],
  "defaultErrnoRet": 5000,
  "syscalls": [
    {"names": ["read"], "action": "SCMP_ACT_ALLOW", "errnoRet": 1},
    {"names": ["clone"], "action": "SCMP_ACT_ALLOW",
     "args": [{"index": 6, "value": -1, "op": "SCMP_CMP_MASKED"}]},
    {"names": ["opne"], "action": "SCMP_ACT_ALLOWED"}
  ]
}
"""
PROFILE_MISTAKES = ["2:20", "3:21", "4:13", "5:3", "6:22", "8:65", "10:25", "10:37", "10:47", "11:35"]

PLAN = """version: 2
name: ten-mistakes
wrokload: {}
workload:
  command: touch
  ready: {http: "http://127.0.0.1:${port.htpp}/", within: 10}
  stop: {signal: SIGQUITT}
modes: [log, errrno]
profile: missing.json
scenarios:
  - name: a
    steps:
      - htpp: {url: "http://127.0.0.1/"}
      - http: {url: "ftp://x", connections: 0}
  - name: a
    use: laod
"""
PLAN_MISTAKES = ["1:10", "3:1", "5:12", "6:17", "6:59", "7:18", "8:14", "9:10", "13:9", "14:21", "14:45", "15:11", "16:10"]


class WrongInput(CallgateCase):
    def places(self, stderr, file):
        return re.findall(rf"^{re.escape(file)}:(\d+:\d+): error:", stderr, re.MULTILINE)

    def test_a_profile_with_ten_mistakes_shows_ten_places(self):
        self.write("wrong.json", PROFILE)
        done = self.callgate("run", "-p", "wrong.json", "--", "touch", "launched", exits=2)
        self.assertEqual(self.places(done.stderr, "wrong.json"), PROFILE_MISTAKES)
        self.assertIn("did you mean 'SCMP_ARCH_X86_64'?", done.stderr)
        self.assertIn("11:16: warning: no kernel up to Linux", done.stderr)
        self.assertFalse(os.path.exists(self.path("launched")))

    def test_a_plan_with_thirteen_mistakes_shows_thirteen_places(self):
        self.write("wrong.yaml", PLAN)
        done = self.callgate("test", "wrong.yaml", exits=2)
        self.assertEqual(self.places(done.stderr, "wrong.yaml"), PLAN_MISTAKES)
        self.assertIn("did you mean 'SIGQUIT'?", done.stderr)
        self.assertFalse(os.path.exists(self.path("callgate-report")))

    def test_a_wrong_profile_of_a_plan_launches_nothing(self):
        self.write("wrong.json", PROFILE)
        self.write("plan.yaml", "version: 1\nname: x\nworkload: {command: [touch, %s]}\nprofile: wrong.json\n" % self.path("launched"))
        done = self.callgate("test", "plan.yaml", exits=2)
        self.assertEqual(self.places(done.stderr, "wrong.json"), PROFILE_MISTAKES)
        self.assertFalse(os.path.exists(self.path("launched")))

    def test_duplicate_keys_are_refused_in_both(self):
        self.write("twice.json", '{"defaultAction": "SCMP_ACT_ALLOW",\n "defaultAction": "SCMP_ACT_ERRNO"}\n')
        self.assertIn("twice.json:2:2: error: duplicate key 'defaultAction'",
                      self.callgate("run", "-p", "twice.json", "--", "true", exits=2).stderr)
        self.write("twice.yaml", "version: 1\nversion: 1\n")
        self.assertIn("twice.yaml:2:1: error: duplicate key 'version'", self.callgate("test", "twice.yaml", exits=2).stderr)

    def test_input_that_is_no_profile_at_all_is_refused_with_its_place(self):
        for name, text, message in (
                ("empty.json", "", "empty.json:1:1: error: the profile is empty"),
                ("cut.json", '{"defaultAction": ', "cut.json:1:19: error: not valid JSON"),
                ("list.json", "[]", "list.json:1:1: error:"),
                ("deep.json", "[" * 5000, "nested deeper than 64 levels")):
            with self.subTest(name):
                self.write(name, text)
                self.assertIn(message, self.callgate("run", "-p", name, "--", "true", exits=2).stderr)

    def test_hostile_text_in_a_profile_reaches_the_terminal_as_text(self):
        self.write("hostile.json", '{"defaultAction": "SCMP_ACT_ALLOW", "\\u001b]0;owned\\u0007": 1}')
        stderr = self.callgate("run", "-p", "hostile.json", "--", "true", exits=2).stderr
        self.assertNotIn("\x1b", stderr)
        self.assertIn("\\x1b]0;owned\\x07", stderr)

    def test_a_report_directory_that_is_somebody_elses_is_left_alone(self):
        self.write("p.json", '{"defaultAction": "SCMP_ACT_ALLOW"}')
        self.write("plan.yaml", "version: 1\nname: x\nworkload: {command: [sleep, '60']}\nprofile: p.json\n")
        os.mkdir(self.path("mine"))
        self.write("mine/letter.txt", "dear")
        done = self.callgate("test", "plan.yaml", "--out", "mine", exits=2)
        self.assertIn("holds files but no run.json", done.stderr)
        self.assertEqual(os.listdir(self.path("mine")), ["letter.txt"])

    def test_a_selection_of_nothing_is_exit_code_4(self):
        self.write("p.json", '{"defaultAction": "SCMP_ACT_ALLOW"}')
        self.write("plan.yaml", "version: 1\nname: x\nworkload: {command: [sleep, '60']}\nprofile: p.json\n"
                                "scenarios: [{name: a, steps: [{sleep: 1ms}]}]\n")
        self.assertIn("select none", self.callgate("test", "plan.yaml", "--scenario", "b*", exits=4).stderr)

    def test_what_the_host_lacks_is_exit_code_3_before_any_launch(self):
        self.write("p.json", '{"defaultAction": "SCMP_ACT_ALLOW"}')
        self.write("plan.yaml", "version: 1\nname: x\nworkload: {command: [no-such-server], user: nobody-here}\nprofile: p.json\n")
        done = self.callgate("test", "plan.yaml", exits=3)
        self.assertIn("no program 'no-such-server' in PATH", done.stderr)
        self.assertIn("no user 'nobody-here'", done.stderr)


if __name__ == "__main__":
    unittest.main()
