"""The Go profile of a widely read article on a Go service: the report says what it misses, and what comes of it."""
import os
import unittest

from pack_case import PackCase, only, told
from callgate_case import PROFILES, refused  # pack_case says where it is

ARTICLE = os.path.join(PROFILES, "go-http.json")

# System call -> a scenario in which log mode sees it missing.
MISSES = {
    "gettid": "startup",  # every thread asks for its number once, to be signalled later
    "getrlimit": "startup",
    "sendfile": "file-serving",
    "fsync": "upload",
    "renameat": "upload",
    "unlinkat": "file-changes",
    "copy_file_range": "file-copy",
    "readlinkat": "file-changes",
    "wait4": "child-process",
    "waitid": "child-process",
    "dup3": "child-process",
    "getpeername": "outbound",
    "getuid": "identity",
    "setitimer": "cpu-profile",
    "timer_create": "cpu-profile",
    "timer_settime": "cpu-profile",
    "timer_delete": "cpu-profile",
}


class GoProfile(PackCase):
    def run_article(self, mode, scenarios):
        return self.run_plan(self.pack("go-http").plan_path, "--profile", ARTICLE, "--mode", mode, "--jobs", "2",
                             *only(scenarios), out="report", exits=1)

    def test_log_mode_says_what_it_misses_and_where(self):
        cases = self.run_article("log", set(MISSES.values()) - {"startup"})
        seen = refused({"cases": cases}, "log")
        self.assertEqual({}, {call: phase for call, phase in MISSES.items() if phase not in seen.get(call, ())})
        self.assertIn("gettid", self.read("report", "summary.md"))
        self.assertIn('+        "gettid",', self.read("report", "profile.diff"))

    def test_errno_mode_shows_what_comes_of_it(self):
        cases = {case["scenario"]: case for case in self.run_article("errno", {"load", "gc", "outbound", "child-process"})}
        reasons = {name: " | ".join(case["reasons"]) for name, case in cases.items()}
        # The service starts and answers at full speed, as far as anybody can see from outside.
        self.assertEqual({"passed"}, {step["outcome"] for step in cases["load"]["steps"]}, told(cases.values()))
        # Without gettid no thread can be told to stop for the collector: it waits until the loops end by themselves.
        self.assertIn("/collect': 1 of 1 request failed: no response within 15000 ms", reasons["gc"])
        # Without getpeername a connection that was made is never found to be there.
        self.assertIn("/fetch': 1 of 1 request failed", reasons["outbound"])
        self.assertIn("/run': 2 of 2 requests failed", reasons["child-process"])


if __name__ == "__main__":
    unittest.main()
