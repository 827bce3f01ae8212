"""The guides do what they say: every file in them is written, every line run, in order."""
import os
import re
import subprocess
import unittest

from callgate_case import BIN, SOURCE, CallgateCase

GUIDES = os.path.join(SOURCE, "harness", "docs", "guides")
BLOCK = re.compile(r"^```(?P<language>\w+)(?: file=(?P<file>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
EXPECTED = re.compile(r"\s*# exit code (\d+)$")


class Guides(CallgateCase):
    def follow(self, name):
        os.mkdir(self.path("bin"))
        os.symlink(BIN, self.path("bin", "callgate"))
        environment = {**os.environ, "PATH": self.path("bin") + ":" + os.environ["PATH"], "CALLGATE_CACHE": self.path("cache")}
        with open(os.path.join(GUIDES, name), encoding="utf-8") as file:
            blocks = list(BLOCK.finditer(file.read()))
        lines = 0
        for block in blocks:
            if block["file"]:
                self.write(block["file"], block["text"])
                continue
            self.assertEqual("sh", block["language"], "a block is a file, or lines for a shell")
            for line in block["text"].splitlines():
                expected = EXPECTED.search(line)
                done = subprocess.run(["sh", "-c", EXPECTED.sub("", line)], cwd=self.dir, env=environment, text=True,
                                      capture_output=True, check=False, timeout=240, stdin=subprocess.DEVNULL)
                wanted = int(expected[1]) if expected else 0
                self.assertEqual(wanted, done.returncode, f"{name}: {line}\n{done.stdout}\n{done.stderr}")
                lines += 1
        self.assertGreater(lines, 3)

    def test_every_guide_is_followed(self):
        followed = {f"{name[5:].replace('_', '-')}.md" for name in dir(self) if name.startswith("test_") and "every" not in name}
        self.assertEqual(set(os.listdir(GUIDES)), followed)

    def test_gate_a_deploy(self):
        self.follow("gate-a-deploy.md")
        self.assertEqual({"log", "errno", "enforce"}, {case["mode"] for case in self.run_json()["cases"]})

    def test_reproduce_a_failure(self):
        self.follow("reproduce-a-failure.md")
        self.assertEqual(["mkdir"], self.run_json()["proposals"][0]["added"])

    def test_record_again(self):
        self.follow("record-again.md")


if __name__ == "__main__":
    unittest.main()
