"""What a profile permits, as numbers, and the gates over them."""
import json
import os
import unittest

from callgate_case import SHARED, CallgateCase

PROFILE = """{
  "defaultAction": "SCMP_ACT_ERRNO",
  "architectures": ["SCMP_ARCH_X86_64"],
  "syscalls": [
    {"names": ["read", "write", "bpf"], "action": "SCMP_ACT_ALLOW"},
    {"names": ["clone"], "action": "SCMP_ACT_ALLOW",
     "args": [{"index": 0, "value": 131072, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]}
  ]
}
"""


class Score(CallgateCase):
    def test_the_numbers_are_for_reading_and_for_machines(self):
        self.write("p.json", PROFILE)
        text = self.callgate("score", "p.json").stdout
        self.assertRegex(text, r"(?m)^  x86_64: 4 of \d+ calls permitted, 1 of them under conditions$")
        self.assertRegex(text, r"(?m)^    kernel     1 of \d+: bpf\(\)$")
        self.assertRegex(text, r"(?m)^    namespaces 1 of \d+, under conditions: clone\(flags=CLONE_NEWUSER\)$")
        self.assertRegex(text, r"(?m)^    docker     \d+ permitted, \d+ of them under conditions: \d+ fewer here")
        document = json.loads(self.callgate("score", "p.json", "--format", "json").stdout)
        self.assertEqual(document["schema"], "callgate.score/1")
        arch = document["profiles"][0]["architectures"][0]
        self.assertEqual((arch["permitted"], arch["always"], arch["sometimes"]), (4, 3, 1))
        self.assertEqual(arch["known"], arch["permitted"] + arch["never"])
        self.assertEqual(arch["calls"], {"always": ["bpf", "read", "write"], "sometimes": ["clone"]})
        self.assertEqual(len(arch["defaults"]), 4)
        self.assertIn("| kernel | 1 `bpf()` | 0  |", self.callgate("score", "p.json", "--format", "markdown").stdout)

    def test_gates_say_what_is_exceeded_and_by_how_much(self):
        self.write("p.json", PROFILE)
        self.callgate("score", "p.json", "--max-permitted", "4", "--no-class", "host", "--no-class", "mounts")
        done = self.callgate("score", "p.json", "--max-permitted", "3", "--no-class", "kernel", exits=1)
        self.assertIn("exceeded\n  p.json on x86_64 permits 4 calls, 1 more than --max-permitted 3\n"
                      "  p.json on x86_64 permits 1 dangerous call that --no-class kernel rules out:\n", done.stdout)
        over = json.loads(self.callgate("score", "p.json", "--no-class", "namespaces", "--format", "json",
                                        exits=1).stdout)["exceeded"]
        self.assertEqual([(one["gate"], one["over"]) for one in over], [("--no-class namespaces", 1)])

    def test_another_profile_is_compared_exactly(self):
        self.write("p.json", PROFILE)
        self.write("q.json", PROFILE.replace('"bpf"', '"mkdir"').replace("131072", "0"))
        beside = json.loads(self.callgate("score", "p.json", "--against", "q.json", "--format",
                                          "json").stdout)["profiles"][0]["architectures"][0]["against"]
        self.assertEqual(beside, [{"name": "q.json", "listed": True, "more": ["bpf"], "fewer": ["clone", "mkdir"]}])
        self.assertIn("beside q.json: 1 call permitted here alone, 2 there alone\n    here:  bpf\n    there: clone, mkdir\n",
                      self.callgate("score", "p.json", "--against", "q.json").stdout)

    def test_several_profiles_and_compiled_filters_are_scored(self):
        self.write("p.json", PROFILE)
        self.callgate("convert", "p.json", "--to", "raw-bpf", "-o", "p.bpf")
        first, second = json.loads(self.callgate("score", "p.json", "p.bpf", "--format", "json").stdout)["profiles"]
        self.assertEqual(first["architectures"], second["architectures"])

    def test_wrong_options_are_exit_code_2(self):
        self.write("p.json", PROFILE)
        for arguments, said in (
            (["p.json", "--no-class", "kernle"], "--no-class: 'kernle' is no class: one of kernel, host, bypass, mounts"),
            (["p.json", "--max-permitted", "many"], "--max-permitted"),
            (["p.json", "--against", "missing"], "missing"),
            (["missing"], "missing"),
        ):
            self.assertIn(said, self.callgate("score", *arguments, exits=2).stderr)

    def test_the_figures_of_the_defaults_are_those_of_the_profiles(self):
        folder = os.path.join(SHARED, "data", "profiles")
        if not os.path.isdir(folder):
            self.skipTest("the collection of published profiles is not there")
        for engine, name in (("docker", "docker-default.json"), ("crio", "containers-common-default.json"),
                             ("podman", "containers-common-default.json")):
            for arch, go_arch in (("x86_64", "amd64"), ("aarch64", "arm64")):
                document = json.loads(self.callgate("score", os.path.join(folder, name), "--as",
                                                    f"{engine},arch={go_arch},kernel=6.18", "--format", "json").stdout)
                (scored,) = [one for one in document["profiles"][0]["architectures"] if one["arch"] == arch]
                (known,) = [one for one in scored["defaults"] if one["engine"] == engine]
                if document["libseccomp"] != known["libseccomp"]:
                    self.skipTest(f"measured with libseccomp {known['libseccomp']}, this is {document['libseccomp']}")
                self.assertEqual((scored["always"], scored["sometimes"]), (known["always"], known["sometimes"]), engine)


if __name__ == "__main__":
    unittest.main()
