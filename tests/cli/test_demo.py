"""The demo's story: the profile of the steady path fails in exactly the rare phases, and its repair passes."""
import os
import subprocess
import unittest

from callgate_case import BIN, SOURCE, CallgateCase, refused


class Demo(CallgateCase):
    def test_the_demo_fails_in_the_rare_phases_and_passes_with_the_proposal(self):
        done = subprocess.run([os.path.join(SOURCE, "harness", "demo", "demo.sh")], cwd=self.dir, text=True, timeout=200,
                              capture_output=True, env={**os.environ, "CALLGATE_BIN": BIN}, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        run = self.run_json(os.path.join("callgate-demo", "before"))
        in_log = refused(run, "log")
        self.assertEqual(set().union(*in_log.values()),
                         {"tls-key-update", "reload-under-load", "gc-pressure", "drain", "shutdown"})
        self.assertTrue({"rename", "flock", "dup3", "membarrier", "unlink"} <= set(in_log))
        for case in run["cases"]:
            if case["scenario"] in ("startup", "steady-load", "steady-load-tls"):
                self.assertEqual((case["outcome"], case["refused"]), ("passed", []), case["name"])


if __name__ == "__main__":
    unittest.main()
