"""Profiles in every format, converted, resolved for a target, and under test as the target has them."""
import json
import os
import unittest

from callgate_case import SHARED, CallgateCase

DOCKER = """{
  "defaultAction": "SCMP_ACT_ALLOW",
  "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]},
              {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_ARM"]}],
  "syscalls": [
    {
      "names": ["mkdir", "mkdirat"],
      "action": "SCMP_ACT_ERRNO",
      "excludes": {"caps": ["CAP_SYS_ADMIN"]}
    }
  ]
}
"""


class Formats(CallgateCase):
    def test_a_conversion_says_what_is_lost_and_strict_refuses(self):
        self.write("p.json", '{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,\n'
                   ' "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]}\n')
        done = self.callgate("convert", "p.json", "--to", "spo")
        self.assertEqual(done.stderr, "lost: p.json:1: the SPO CRD has no defaultErrnoRet: EPERM instead of ENOSYS for "
                         "unknown calls\n")
        self.assertIn("kind: SeccompProfile\nmetadata:\n  name: p\n", done.stdout)
        strict = self.callgate("convert", "p.json", "--to", "spo", "--strict", "-o", "p.yaml", exits=1)
        self.assertIn("--strict: nothing is written, 1 thing would be lost", strict.stderr)
        self.assertFalse(os.path.exists(self.path("p.yaml")))

    def test_a_conversion_overwrites_nothing_unless_told_to(self):
        self.write("names.txt", "read\nwrite\n")
        self.write("p.json", "mine")
        self.assertIn("--force", self.callgate("convert", "names.txt", "--to", "oci", "-o", "p.json", exits=2).stderr)
        self.assertEqual(self.read("p.json"), "mine")
        self.callgate("convert", "names.txt", "--to", "oci", "-o", "p.json", "--force")
        self.assertEqual(json.loads(self.read("p.json"))["syscalls"][0]["names"], ["read", "write"])

    def test_a_profile_is_resolved_and_the_filter_is_written(self):
        self.write("d.json", DOCKER)
        resolved = json.loads(self.callgate("resolve", "d.json", "--as", "docker").stdout)
        self.assertNotIn("archMap", resolved)
        self.assertEqual(resolved["syscalls"][0], {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"})
        other = json.loads(self.callgate("resolve", "d.json", "--as", "docker,caps=CAP_SYS_ADMIN", "--bpf", "f").stdout)
        self.assertEqual(other["syscalls"], [])
        self.assertEqual(os.path.getsize(self.path("f")) % 8, 0)
        text = self.callgate("resolve", "d.json", "--as", "containerd", "--format", "text").stdout
        self.assertIn("d.json:3: containerd passes over archMap", text)
        self.assertIn("d.json:6: holds: containerd passes over its conditions (mkdir, mkdirat)", text)

    def test_targets_are_compared(self):
        self.write("d.json", DOCKER)
        done = self.callgate("resolve", "d.json", "--compare", "docker,containerd,docker,caps=CAP_SYS_ADMIN", exits=1)
        self.assertRegex(done.stdout, r"(?m)^\w+ +mkdirat +ERRNO\(EPERM\) +ERRNO\(EPERM\) +ALLOW$")
        same = self.callgate("resolve", "d.json", "--compare", "docker,docker,kernel=4.0")
        self.assertEqual(same.stdout, "the targets agree on every call\n")
        table = json.loads(self.callgate("resolve", "d.json", "--compare", "docker,containerd", "--format", "json",
                                         exits=1).stdout)
        self.assertEqual(table["targets"], ["docker", "containerd"])

    def test_a_run_is_under_the_filter_of_the_target(self):
        self.write("d.json", DOCKER)
        self.callgate("run", "-p", "d.json", "--as", "docker", "--json", "run.json", "--", "mkdir", "x", exits=1)
        violation = json.loads(self.read("run.json"))["cases"][0]["violations"][0]
        self.assertEqual((violation["rule"]["file"], violation["rule"]["line"]), ("d.json", 7))
        self.callgate("run", "-p", "d.json", "--as", "docker,caps=CAP_SYS_ADMIN", "--", "mkdir", "y")
        noted = self.callgate("run", "-p", "d.json", "--", "mkdir", "z", exits=1)
        self.assertIn("note: what this means depends on where it is used: it is taken as docker on ", noted.stderr)

    def test_the_answer_of_runc_to_unknown_numbers_is_under_test(self):
        # Everything is permitted by name but what is above the last of them: close_range is, by a call that is there.
        self.write("p.json", '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [\n'
                   '  {"names": ["close_range"], "action": "SCMP_ACT_ALLOW"}]}\n')
        runc = self.callgate("resolve", "p.json", "--as", "docker,runc=1.1", "--bpf", "runc.bpf")
        crun = self.callgate("resolve", "p.json", "--as", "docker,crun=1.8", "--bpf", "crun.bpf")
        self.assertEqual(runc.stdout, crun.stdout)
        self.assertGreater(os.path.getsize(self.path("runc.bpf")), os.path.getsize(self.path("crun.bpf")))

    def test_a_compiled_filter_is_a_candidate(self):
        self.write("p.json", '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [\n'
                   '  {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]}\n')
        self.callgate("convert", "p.json", "--to", "raw-bpf", "-o", "p.bpf")
        done = self.callgate("run", "-p", "p.bpf", "--", "mkdir", "x", exits=1)
        self.assertIn("mkdir", done.stderr)
        self.callgate("run", "-p", "p.bpf", "--", "true")
        self.assertIn("its rules cannot be known again", self.callgate("convert", "p.bpf", "--to", "oci", exits=2).stderr)

    def test_what_a_log_saw_is_enough_for_the_next_run(self):
        self.write("deny.json", '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []}')
        self.callgate("run", "-p", "deny.json", "--json", "run.json", "--", "true", exits=1)
        names = [one["syscall"] for one in json.loads(self.read("run.json"))["cases"][0]["refused"]]
        self.write("trace", "".join(f"{name}(0) = 0\n" for name in names))
        self.callgate("run", "-p", "trace", "--", "true")

    def test_a_policy_names_no_files_from_elsewhere(self):
        self.write("p.policy", "read: 1\n@include /etc/passwd\n")
        done = self.callgate("convert", "p.policy", "--to", "oci", exits=2)
        self.assertIn("p.policy:2:10: error: the included policy cannot be read: '/etc/passwd' is outside", done.stderr)
        self.assertNotIn("root", done.stderr)
        self.write("other.policy", "write: 1\n")
        self.write("q.policy", "read: 1\n@include ./other.policy\n")
        self.assertIn('"write"', self.callgate("convert", "q.policy", "--to", "oci").stdout)

    def test_targets_and_options_that_are_wrong_are_exit_code_2(self):
        self.write("d.json", DOCKER)
        for arguments, said in (
            (["resolve", "d.json"], "give --as TARGET or --compare TARGET,TARGET"),
            (["resolve", "d.json", "--as", "dokcer"], "did you mean 'docker'?"),
            (["resolve", "d.json", "--as", "docker,crio"], "--as: one target, not 2"),
            (["resolve", "d.json", "--compare", "docker"], "--compare: at least two targets"),
            (["run", "-p", "d.json", "--as", "dcoker", "--", "touch", "launched"], "did you mean 'docker'?"),
            (["convert", "d.json", "--to", "strace"], "--to"),
            (["convert", "missing", "--to", "oci"], "missing"),
        ):
            self.assertIn(said, self.callgate(*arguments, exits=2).stderr)
        self.assertFalse(os.path.exists(self.path("launched")))

    def test_published_profiles_load_in_their_format(self):
        folder = os.path.join(SHARED, "data", "profiles")
        if not os.path.isdir(folder):
            self.skipTest("the collection of published profiles is not there")
        for name in sorted(os.listdir(folder)):
            file = os.path.join(folder, name)
            if name.endswith(".md"):
                continue
            if name == "minijail-nested.policy":
                self.assertIn(":1:10: error: the included policy cannot be read: there is no './test/nested.policy'",
                              self.callgate("convert", file, "--to", "oci", exits=2).stderr)
            elif name == "spo-seccompprofile-multi.yaml":
                self.assertIn("error: this holds 4 profiles", self.callgate("convert", file, "--to", "oci", exits=2).stderr)
                self.callgate("convert", file, "--to", "oci", "--document", "profile-block-all")
            else:
                json.loads(self.callgate("convert", file, "--to", "oci").stdout)


if __name__ == "__main__":
    unittest.main()
