"""callgate explain and disasm: what a profile does and why."""
import json
import os
import unittest

from callgate_case import PROFILES, CallgateCase

NGINX = os.path.join(PROFILES, "nginx-custom.json")


class Explain(CallgateCase):
    def setUp(self):
        super().setUp()
        self.write("p.json", json.dumps({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
            {"names": ["read", "socket"], "action": "SCMP_ACT_ALLOW"},
            {"names": ["clone"], "action": "SCMP_ACT_ALLOW",
             "args": [{"index": 0, "value": 0x10020000, "op": "SCMP_CMP_MASKED_EQ"}]},
            {"names": ["prctl"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 15, "op": "SCMP_CMP_EQ"}]},
            {"names": ["prctl"], "action": "SCMP_ACT_KILL", "args": [{"index": 0, "value": 4, "op": "SCMP_CMP_EQ"}]},
        ]}, indent=1))

    def explain(self, *words, exits=0):
        done = self.callgate("explain", "--arch", "x86_64", "p.json", *words, exits=exits)
        return done.stderr if exits else done.stdout

    def test_a_call_is_permitted_or_refused_by_a_line(self):
        self.assertTrue(self.explain("clone", "CLONE_NEWUSER|SIGCHLD").startswith(
            "clone(flags=CLONE_NEWUSER|SIGCHLD) on x86_64 is refused with EPERM: ERRNO(EPERM)\n"
            "        by  p.json:2 (default action)\n"
            "   because  flags with one of CLONE_NEWNS|CLONE_NEWUSER\n"))
        self.assertIn("is permitted: ALLOW", self.explain("clone", "SIGCHLD"))
        self.assertIn("is permitted: ALLOW", self.explain("clone", "0x11"))
        self.assertIn("is killed (the thread)", self.explain("prctl", "PR_SET_DUMPABLE"))
        self.assertIn("read(fd=0xffffffffffffffff)", self.explain("read", "0xffffffffffffffff"))

    def test_a_negative_argument_is_no_option(self):
        self.assertIn("read(fd=-1) on x86_64", self.explain("read", "-1"))

    def test_without_arguments_every_region_is_told(self):
        text = self.explain("prctl")
        self.assertIn("  permitted: ALLOW\n      when  option == PR_SET_NAME\n", text)
        self.assertIn("  killed (the thread): KILL_THREAD\n      when  option == PR_SET_DUMPABLE\n", text)
        self.assertIn("option not in {PR_SET_DUMPABLE, PR_SET_NAME}", text)

    def test_without_a_call_the_whole_profile_is_told(self):
        text = self.callgate("explain", NGINX).stdout
        self.assertIn("Calls that are not named here are refused with EPERM.", text)
        self.assertIn("Calls of all other architectures are killed (the thread).", text)
        self.assertLessEqual(max(len(line) for line in text.splitlines()[1:]), 80)

    def test_verbose_shows_what_the_kernel_executes(self):
        text = self.explain("clone", "0", "-v")
        self.assertIn("A = args[0]", text)
        self.assertTrue(text.splitlines()[-1].split(";")[0].rstrip().endswith("return RET_ALLOW"))

    def test_a_number_will_do_for_a_name(self):
        self.assertTrue(self.explain("0").startswith("read on x86_64\n"))

    def test_what_is_misspelt_is_told_what_was_meant(self):
        self.assertIn("there is no system call 'raed'; did you mean 'read'?", self.explain("raed", exits=2))
        self.assertIn("did you mean 'CLONE_NEWUSER'?", self.explain("clone", "CLONE_NEWUSR", exits=2))
        self.assertIn("'x86-64' is no architecture", self.callgate("explain", "p.json", "read", "--arch", "x86-64", exits=2).stderr)
        self.assertIn("aarch64 has no system call 'open'",
                      self.callgate("explain", "p.json", "open", "--arch", "aarch64", exits=2).stderr)
        self.callgate("explain", "p.json", "read", "1", "2", "3", "4", "5", "6", "7", exits=2)

    def test_disasm_shows_each_instruction_with_its_rules(self):
        text = self.callgate("disasm", "p.json").stdout
        self.assertIn("A = arch", text)
        self.assertRegex(text, r"if A [!=]= 56 goto .*; p\.json:\d+ clone\n")
        self.assertIn("RET_KILL_THREAD", text)


if __name__ == "__main__":
    unittest.main()
