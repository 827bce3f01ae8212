"""Debian's nginx under the profiles that an article published for it: what they miss is found, and the repair passes."""
import os
import shutil
import subprocess
import unittest

from callgate_case import PROFILES, SHARED, SOURCE, CallgateCase, refused

PLAN = os.path.join(SOURCE, "tests", "workloads", "nginx", "plan.yaml")
XSD = os.path.join(SHARED, "data", "schemas", "jenkins-xunit-junit-10.xsd")


@unittest.skipUnless(os.path.exists("/usr/sbin/nginx"), "nginx is not installed")
class Nginx(CallgateCase):
    def fails_and_is_repaired(self, profile, missing):
        shutil.copy(os.path.join(PROFILES, profile), self.path("profile.json"))
        self.callgate("test", PLAN, "--profile", "profile.json", "--junit-dialect", "jenkins", exits=1)
        run = self.run_json()
        in_log = refused(run, "log")
        for name, phase in missing.items():
            self.assertIn(name, in_log)
            if phase is not None:
                self.assertIn(phase, in_log[name], name)
        self.assertTrue(refused(run, "errno"))
        failed = {(case["mode"], case["scenario"]) for case in run["cases"] if case["outcome"] != "passed"}
        self.assertIn(("log", "startup"), failed)
        self.assertIn(("errno", "startup"), failed)
        self.assertIn(("enforce", "startup"), failed)
        self.junit_validates()
        self.diff_applies()
        proposal = self.path("callgate-report", "profile.proposed.json")
        self.callgate("test", PLAN, "--profile", proposal, "--out", "again", exits=0)
        self.assertEqual({case["outcome"] for case in self.run_json("again")["cases"]}, {"passed"})
        self.assertEqual({case["mode"] for case in self.run_json("again")["cases"]}, {"log", "errno", "enforce"})

    def junit_validates(self):
        if not os.path.exists(XSD):
            print(f"not validated: no {XSD}")
            return
        done = subprocess.run(["xmllint", "--noout", "--schema", XSD, self.path("callgate-report", "junit.xml")],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def diff_applies(self):
        subprocess.run(["patch", "-p0", "-i", "callgate-report/profile.diff"], cwd=self.dir, check=True,
                       stdout=subprocess.DEVNULL)
        self.assertEqual(self.read("profile.json"), self.read("callgate-report", "profile.proposed.json"))

    def test_the_articles_profile_misses_what_start_and_shutdown_need(self):
        self.fails_and_is_repaired("nginx-custom.json", {
            "mkdir": "startup", "gettid": "startup", "getrandom": "startup", "chown": "startup",
            "clock_nanosleep": "reload-under-load",
            # The master gets to it about when the first answer is there: in one phase or the next.
            "rt_sigsuspend": None})

    def test_the_articles_operator_profile_cannot_even_execute(self):
        self.fails_and_is_repaired("spo-nginx-hardened.json", {
            "execve": "startup", "pread64": "startup", "clone": "startup", "prlimit64": "startup",
            "rt_sigreturn": "reload-under-load", "wait4": "reload-under-load"})


if __name__ == "__main__":
    unittest.main()
