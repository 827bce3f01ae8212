"""Unions and intersections of profiles, proven, from outside."""
import json
import os
import unittest

from callgate_case import PROFILES, SHARED, CallgateCase


def profile(*rules, archs=("X86_64",), **more):
    return json.dumps({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_" + arch for arch in archs], **more,
                       "syscalls": [{"action": "SCMP_ACT_ALLOW", **rule} for rule in rules]})


def when(index, op, value, second=0):
    return {"args": [{"index": index, "op": "SCMP_CMP_" + op, "value": value, "valueTwo": second}]}


class Merge(CallgateCase):
    def merge(self, *arguments, **more):
        return self.callgate("merge", *arguments, **more)

    def test_a_union_and_an_intersection_read_like_profiles_that_a_person_wrote(self):
        self.write("a.json", profile({"names": ["write", "read"]}, {"names": ["socket"], **when(0, "EQ", 1)}))
        self.write("b.json", profile({"names": ["read", "close"]}, {"names": ["socket"], **when(0, "EQ", 2)}))
        done = self.merge("--union", "a.json", "b.json")
        self.assertEqual(done.stderr, "")
        self.assertEqual(json.loads(done.stdout), {
            "defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
                {"names": ["close", "read", "write"], "action": "SCMP_ACT_ALLOW"},
                {"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]},
                {"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]}]})
        both = json.loads(self.merge("--intersection", "a.json", "b.json").stdout)
        self.assertEqual(both["syscalls"], [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}])

    def test_a_union_with_itself_is_no_difference(self):
        for name in sorted(os.listdir(PROFILES)):
            file = os.path.join(PROFILES, name)
            for how in ("--union", "--intersection"):
                self.assertEqual(self.merge(how, file, file, "-o", "same.json", "--force").stderr, "")
                self.callgate("diff", file, "same.json")

    def test_the_union_of_the_article_profiles_takes_nothing_from_any_of_them(self):
        files = [os.path.join(PROFILES, name) for name in sorted(os.listdir(PROFILES))]
        self.merge("--union", *files, "-o", "any.json")
        self.merge("--intersection", *files, "-o", "all.json")
        for file in files:
            self.callgate("diff", file, "any.json", "--only", "refused")
            self.callgate("diff", file, "all.json", "--only", "permitted")

    def test_other_refusals_architectures_and_settings_are_said(self):
        self.write("a.json", profile({"names": ["read", "mkdir"]}, flags=["SECCOMP_FILTER_FLAG_LOG"]))
        self.write("b.json", profile({"names": ["read"]}, {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38},
                                     archs=("X86_64", "X86")))
        done = self.merge("--union", "a.json", "b.json")
        self.assertEqual(done.stderr, """wider: mkdir on i386: ALLOW, though no input permits it; such as mkdir()
otherwise: clone3 on i386, x86_64: ERRNO(ENOSYS) in b.json, ERRNO(EPERM) here
note: i386 is listed: of the profiles only b.json lists it, and every rule holds there as well
note: SECCOMP_FILTER_FLAG_LOG: nothing in b.json, set here
note: SECCOMP_FILTER_FLAG_SPEC_ALLOW: set in b.json, nothing here
""")
        strict = self.merge("--union", "a.json", "b.json", "--strict", "-o", "c.json", exits=1)
        self.assertIn("--strict: nothing is written, the union is not exact", strict.stderr)
        self.assertFalse(os.path.exists(self.path("c.json")))
        self.assertIn("note: i386 is left out", self.merge("--intersection", "a.json", "b.json", "--strict").stderr)

    def test_nothing_is_written_when_the_format_would_break_the_union(self):
        self.write("a.json", profile({"names": ["read"]}, {"names": ["socket"], **when(0, "EQ", 1)}))
        self.write("b.json", profile({"names": ["read", "write"]}))
        done = self.merge("--union", "a.json", "b.json", "--to", "names", "-o", "c.txt", exits=1)
        self.assertRegex(done.stderr, r"(?m)^lost: ")
        self.assertIn("callgate: nothing is written, the proof fails: socket (family == AF_UNIX) on x86_64: ERRNO(EPERM), "
                      "though an input permits it; such as socket(family=AF_UNIX)\n", done.stderr)
        self.assertFalse(os.path.exists(self.path("c.txt")))
        self.merge("--intersection", "a.json", "b.json", "--to", "names", "-o", "c.txt")
        self.assertEqual(self.read("c.txt"), "read\n")

    def test_profiles_of_several_formats_are_merged(self):
        self.write("a.policy", "read: 1\nwrite: 1\n")
        self.write("trace", "read(0) = 0\nclose(0) = 0\n")
        self.write("b.json", profile({"names": ["read"], "comment": "files"}))
        done = self.merge("--union", "trace", "b.json", "--to", "docker")
        self.assertEqual(json.loads(done.stdout)["syscalls"],
                         [{"names": ["close"], "action": "SCMP_ACT_ALLOW"},
                          {"names": ["read"], "action": "SCMP_ACT_ALLOW", "comment": "files"}])
        self.assertRegex(self.merge("--intersection", "a.policy", "b.json").stdout, r"(?m)^read: (1|allow)$")

    def test_the_default_profile_of_docker_is_merged_as_a_target_has_it(self):
        docker = os.path.join(SHARED, "data", "profiles", "docker-default.json")
        if not os.path.exists(docker):
            self.skipTest("the collection of published profiles is not there")
        target = ("--as", "docker,kernel=6.1")
        self.write("more.json", profile({"names": ["bpf"]}, archs=("X86_64", "X86", "X32")))
        done = self.merge("--union", docker, "more.json", *target, "--to", "oci", "-o", "any.json")
        self.assertNotIn("wider", done.stderr)
        changed = json.loads(self.callgate("diff", docker, "any.json", *target, "--only", "permitted", "--format", "json",
                                           exits=1).stdout)
        self.assertEqual({change["syscall"] for change in changed["changes"]}, {"bpf"})
        self.callgate("diff", docker, "any.json", *target, "--only", "refused")
        self.assertNotIn("narrower", self.merge("--intersection", docker, "any.json", *target, "--to", "oci",
                                                "-o", "all.json").stderr)
        self.callgate("diff", docker, "all.json", *target)

    def test_what_is_there_stays_unless_told_otherwise(self):
        self.write("names.txt", "read\n")
        self.write("c.txt", "mine")
        done = self.merge("--union", "names.txt", "names.txt", "-o", "c.txt", exits=2)
        self.assertIn("--force", done.stderr)
        self.assertEqual(self.read("c.txt"), "mine")
        self.merge("--union", "names.txt", "names.txt", "-o", "c.txt", "--force")
        self.assertEqual(self.read("c.txt"), "read\n")

    def test_what_cannot_be_merged_is_exit_code_2(self):
        self.write("a.json", profile({"names": ["read"]}))
        self.callgate("convert", "a.json", "--to", "raw-bpf", "-o", "a.bpf")
        for arguments, said in (
            (["a.json", "a.json"], "give one of --union and --intersection"),
            (["a.json", "a.json", "--union", "--intersection"], "give one of --union and --intersection"),
            (["a.json", "--union"], "give at least two profiles"),
            (["a.json", "a.bpf", "--union"], "'a.bpf' is a compiled filter: its rules cannot be known again"),
            (["a.json", "missing", "--union"], "missing"),
            (["a.json", "a.json", "--union", "--to", "strace"], "--to"),
        ):
            self.assertIn(said, self.merge(*arguments, exits=2).stderr)


if __name__ == "__main__":
    unittest.main()
