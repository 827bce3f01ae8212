"""A profile that was made on one architecture, written for another one."""
import json
import os
import unittest

from callgate_case import SHARED, CallgateCase

PROFILE = """{
  "defaultAction": "SCMP_ACT_ERRNO",
  "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
  "syscalls": [
    {"names": ["read", "open", "arch_prctl"], "action": "SCMP_ACT_ALLOW"},
    {"names": ["openat"], "action": "SCMP_ACT_ALLOW",
     "args": [{"index": 2, "value": 3, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]}
  ]
}
"""


class Port(CallgateCase):
    def test_a_port_says_line_by_line_what_is_predicted_and_lost(self):
        self.write("p.json", PROFILE)
        done = self.callgate("port", "p.json", "--to", "arm64")
        self.assertIn("predicted: p.json:5: openat where dfd == AT_FDCWD, in place of open: the C library calls the form "
                      "with a directory, AT_FDCWD\n", done.stderr)
        self.assertIn("lost: p.json:5: arch_prctl: nothing takes its place on aarch64: ", done.stderr)
        self.assertIn("left out: p.json:2: i386: only what x86_64 has is carried over\n", done.stderr)
        self.assertTrue(done.stderr.endswith("2 names kept, 1 rule predicted and not observed, 2 names without the call "
                                             "there\n"), done.stderr)
        ported = json.loads(done.stdout)
        self.assertEqual(ported["architectures"], ["SCMP_ARCH_AARCH64"])
        self.assertEqual([rule["names"] for rule in ported["syscalls"]], [["read"], ["openat"], ["openat"]])
        self.assertEqual(["", "", "predicted, not observed"],
                         [rule.get("comment", "").partition(":")[0] for rule in ported["syscalls"]])

    def test_the_comments_of_a_format_that_has_them_say_what_is_predicted(self):
        self.write("p.json", PROFILE)
        done = self.callgate("port", "p.json", "--to", "aarch64", "--output-format", "docker", "-o", "q.json")
        self.assertEqual(done.stdout, "")
        comments = [rule.get("comment", "") for rule in json.loads(self.read("q.json"))["syscalls"]]
        self.assertEqual(comments[:2], ["", ""])
        self.assertTrue(comments[2].startswith("predicted, not observed: in place of open: "), comments)
        again = self.callgate("explain", "q.json", "openat", "AT_FDCWD", "0", "O_RDWR", "--arch", "aarch64")
        self.assertIn("permitted", again.stdout)
        other = self.callgate("explain", "q.json", "openat", "5", "0", "O_RDWR", "--arch", "aarch64")
        self.assertIn("refused", other.stdout)

    def test_strict_writes_nothing_where_a_condition_is_lost(self):
        self.write("p.json", '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["poll"], "action": '
                   '"SCMP_ACT_ALLOW", "args": [{"index": 2, "value": 0, "op": "SCMP_CMP_EQ"}]}]}\n')
        done = self.callgate("port", "p.json", "--to", "aarch64", "--strict", "-o", "q.json", exits=1)
        self.assertIn("stricter: p.json:1: arg2 == 0: ppoll has no timeout_msecs on aarch64", done.stderr)
        self.assertIn("--strict: nothing is written, 1 thing could not be carried over exactly", done.stderr)
        self.assertFalse(os.path.exists(self.path("q.json")))

    def test_wrong_options_are_exit_code_2(self):
        self.write("p.json", PROFILE)
        self.callgate("convert", "p.json", "--to", "raw-bpf", "-o", "p.bpf")
        for arguments, said in (
            (["p.json", "--to", "aarch46"], "--to: 'aarch46' is no architecture: one of i386, x86_64"),
            (["p.json", "--to", "x86_64"], "p.json is a profile for x86_64 already"),
            (["p.json"], "--to"),
            (["p.bpf", "--to", "aarch64"], "'p.bpf' is a compiled filter"),
            (["p.json", "--to", "aarch64", "--output-format", "strace"], "--output-format"),
        ):
            self.assertIn(said, self.callgate("port", *arguments, exits=2).stderr)

    def test_the_profiles_of_engines_are_ported_and_load_again(self):
        folder = os.path.join(SHARED, "data", "profiles")
        if not os.path.isdir(folder):
            self.skipTest("the collection of published profiles is not there")
        for name in ("docker-default.json", "containers-common-default.json", "nginx-custom.json"):
            for arch in ("aarch64", "riscv64", "arm", "i386"):
                self.callgate("port", os.path.join(folder, name), "--to", arch, "--output-format", "docker", "-o",
                              f"{arch}-{name}")
                self.callgate("disasm", f"{arch}-{name}")


if __name__ == "__main__":
    unittest.main()
