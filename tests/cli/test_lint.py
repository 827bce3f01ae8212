"""`callgate lint` and the pages of its findings."""
import json
import os
import re
import unittest

from callgate_case import SOURCE, CallgateCase

GOOD = """{
  "defaultAction": "SCMP_ACT_ERRNO",
  "defaultErrnoRet": 38,
  "architectures": ["SCMP_ARCH_X86_64"],
  "syscalls": [
    {"names": ["close", "epoll_ctl", "execve", "exit", "exit_group", "fstatfs", "futex", "getdents64", "getpid", "openat",
               "prctl", "read", "restart_syscall", "rt_sigreturn", "write"], "action": "SCMP_ACT_ALLOW"}
  ]
}
"""
DUPLICATED = GOOD.replace("\n  ]", ',\n    {"names": ["brk", "read"], "action": "SCMP_ACT_ALLOW"}\n  ]')
DANGEROUS = GOOD.replace('"action": "SCMP_ACT_ALLOW"}\n', '"action": "SCMP_ACT_ALLOW"},\n'
                         '    {"names": ["bpf"], "action": "SCMP_ACT_ALLOW"}\n')


class Lint(CallgateCase):
    def test_a_profile_with_nothing_but_notes_is_exit_code_0_and_1_when_strict(self):
        self.write("p.json", GOOD)
        text = self.callgate("lint", "p.json", exits=0).stdout
        self.assertIn("p.json:2:20: note: CG0014 unlisted-architecture: ", text)
        self.assertIn("\n0 errors, 0 warnings, 2 notes\n", text)
        self.callgate("lint", "--strict", "p.json", exits=1)

    def test_a_danger_is_shown_with_its_place_what_it_lets_and_a_witness(self):
        self.write("p.json", DANGEROUS)
        text = self.callgate("lint", "p.json", exits=1).stdout
        self.assertIn("p.json:8:16: warning: CG0040 reaches-kernel: bpf: permitted: ", text)
        self.assertIn("    = bpf: loads programs into the kernel", text)
        self.assertIn("CVE-2020-8835", text)
        self.assertIn("    = witness: bpf() on x86_64: ALLOW\n", text)

    def test_fix_repairs_the_file_says_so_and_has_nothing_to_do_the_second_time(self):
        self.write("p.json", DUPLICATED)
        done = self.callgate("lint", "--fix", "p.json", exits=0)
        self.assertEqual(done.stderr, "fixed: p.json:8:23: CG0002 took out read\n")
        self.assertEqual(self.read("p.json"), DUPLICATED.replace('"brk", "read"', '"brk"'))
        self.assertEqual(self.callgate("lint", "--fix", "p.json", exits=0).stderr, "")

    def test_fix_leaves_a_file_alone_that_is_no_profile(self):
        broken = GOOD.replace('"SCMP_ACT_ERRNO"', '"SCMP_ACT_EROR"')
        self.write("p.json", broken)
        self.assertIn("p.json:2:20: error: unknown action", self.callgate("lint", "--fix", "p.json", exits=2).stderr)
        self.assertEqual(self.read("p.json"), broken)
        self.callgate("lint", "--fix", "missing.json", exits=2)

    def test_the_spelling_of_an_architecture_is_a_finding_that_fix_corrects(self):
        self.write("p.json", GOOD.replace("SCMP_ARCH_X86_64", "amd64"))
        text = self.callgate("lint", "p.json", exits=1).stdout
        self.assertIn("p.json:4:21: error: CG0013 unknown-architecture: there is no architecture 'amd64'", text)
        self.assertIn('    = --fix: write "SCMP_ARCH_X86_64"\n', text)
        self.callgate("lint", "--fix", "p.json", exits=0)
        self.assertEqual(self.read("p.json"), GOOD)

    def test_what_is_allowed_has_a_reason_and_is_told(self):
        self.write("p.json", DANGEROUS)
        text = self.callgate("lint", "p.json", "--allow", "CG0040=we load programs", exits=0).stdout
        self.assertIn("p.json:8:16: allowed: CG0040 bpf: ", text)
        self.assertIn(": we load programs\n", text)
        self.assertIn("says no reason", self.callgate("lint", "p.json", "--allow", "CG0040", exits=2).stderr)

    def test_the_file_beside_the_profile_allows_and_what_it_allows_in_vain_is_told(self):
        self.write("p.json", DANGEROUS)
        self.write(".callgate-lint.yaml", "version: 1\nallow:\n"
                   "  - {id: CG0040, profile: p.json, syscall: bpf, reason: we load programs}\n"
                   "  - {id: CG0041, reason: nothing}\n")
        done = self.callgate("lint", "p.json", exits=0)
        self.assertIn("we load programs", done.stdout)
        self.assertRegex(done.stderr, r"\.callgate-lint\.yaml:4:5: nothing was found that CG0041 allows: take it out\n")
        self.write(".callgate-lint.yaml", "version: 1\nallow:\n  - {id: CG0040}\n")
        self.assertIn(".callgate-lint.yaml:3:5: error: ", self.callgate("lint", "p.json", exits=2).stderr)

    def test_json_says_the_same_and_hostile_names_stay_text(self):
        self.write("p.json", GOOD.replace('"close"', '"clo\\u001b[31mse"'))
        done = self.callgate("lint", "p.json", "--format", "json", exits=1)
        self.assertNotIn("\x1b", done.stdout)
        findings = json.loads(done.stdout)["profiles"][0]["findings"]
        self.assertIn("CG0010", [finding["id"] for finding in findings])
        self.assertNotIn("\x1b", self.callgate("lint", "p.json", "--format", "markdown", exits=1).stdout)
        self.assertNotIn("\x1b", self.callgate("lint", "p.json", exits=1).stdout)

    def test_explain_prints_the_page_of_every_rule_and_the_man_page_names_it(self):
        with open(os.path.join(SOURCE, "harness", "docs", "callgate.1"), encoding="utf-8") as file:
            manual = file.read().replace("\\-", "-")
        listed = self.callgate("list", "lint-rules").stdout.splitlines()
        self.assertGreater(len(listed), 30)
        for line in listed:
            rule, name, severity = line.split()[:3]
            page = self.callgate("explain", rule).stdout
            self.assertTrue(page.startswith(f"# {rule} {name} ({severity})\n"), line)
            self.assertIn(f'.BR {rule} " (\\fI{name}\\fR, {severity})"', manual)
            self.assertLessEqual(max(map(len, page.splitlines())), 80, rule)
        pages = {name[:-3] for name in os.listdir(os.path.join(SOURCE, "harness", "docs", "lint")) if name.startswith("CG")}
        self.assertEqual(pages, {line.split()[0] for line in listed})
        self.assertEqual(len(re.findall(r"^\.BR CG\d+ ", manual, re.MULTILINE)), len(listed))


if __name__ == "__main__":
    unittest.main()
