"""The completions of three shells say what --help says."""
import re
import shutil
import subprocess
import unittest

from callgate_case import CallgateCase
from test_commands import COMMANDS

# Sources the script, asks for the last of the words, prints one candidate a line.
ASK_BASH = r"""
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_callgate
printf '%s\n' "${COMPREPLY[@]}"
"""


class Completion(CallgateCase):
    def script(self, shell):
        return self.write(f"callgate.{shell}", self.callgate("completion", shell).stdout)

    def in_bash(self, *words):
        done = subprocess.run(["bash", "-u", "-c", ASK_BASH, "bash", self.script("bash"), "callgate", *words], cwd=self.dir,
                              capture_output=True, text=True, check=True)
        return done.stdout.split("\n")[:-1]

    def test_bash_completes_commands_options_values_and_files(self):
        self.assertEqual(sorted(COMMANDS), sorted(self.in_bash("")))
        self.assertEqual(["report", "repro"], sorted(self.in_bash("rep")))
        self.assertEqual(["--shard"], self.in_bash("test", "--sh"))
        self.assertEqual(["baseline", "log", "errno", "enforce"], self.in_bash("test", "--mode", ""))
        self.assertEqual(["errno"], self.in_bash("test", "plan.yaml", "-m", "er"))
        self.assertEqual(["errno"], self.in_bash("test", "--mode", "=", "er"))
        self.assertEqual(["kept", "fresh", "none"], self.in_bash("test", "--baseline", "="))
        self.assertIn("lint-rules", self.in_bash("list", ""))
        self.write("my plan.yaml", "")
        self.assertEqual(["my plan.yaml"], self.in_bash("test", "my"))
        self.assertEqual(["my plan.yaml"], self.in_bash("test", "--out", "my"))

    def test_every_shell_knows_every_option_of_help(self):
        scripts = {shell: self.callgate("completion", shell).stdout for shell in ("bash", "zsh", "fish")}
        for command in COMMANDS:
            options = re.findall(r"(?m)^  (?:-\w,)?--([\w-]+)", self.callgate(command, "--help").stdout)
            self.assertIn("help", options)
            for option in options:
                self.assertRegex(scripts["bash"], rf"(?m)^ +{command}\) options='[^']*--{option}\b")
                self.assertRegex(scripts["zsh"], rf"(?s)\n    {command}\)\n(?:(?!;;).)*--{option}[=\[]")
                self.assertRegex(scripts["fish"], rf"(?m)from {command}'.* -l {option} ")

    def test_the_shells_read_their_scripts(self):
        for shell in ("bash", "zsh", "fish"):
            if shutil.which(shell) is None:
                print(f"{shell} is not here, its script is not tried")
                continue
            subprocess.run([shell, "-n", self.script(shell)], check=True)

    def test_fish_completes_values(self):
        if shutil.which("fish") is None:
            self.skipTest("no fish here")
        asked = f"source {self.script('fish')}; complete -C 'callgate test --mode '"
        done = subprocess.run(["fish", "--no-config", "-c", asked], capture_output=True, text=True, check=True,
                              env={"HOME": self.dir, "PATH": "/usr/bin:/bin"})
        self.assertEqual({"baseline", "log", "errno", "enforce"}, {line.split("\t")[0] for line in done.stdout.splitlines()})


if __name__ == "__main__":
    unittest.main()
