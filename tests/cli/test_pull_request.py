"""What a pull request is shown: annotations, code scanning, GitLab's widget, the problem matcher, JUnit in two dialects."""
import json
import os
import re
import unittest

from callgate_case import SOURCE, CallgateCase


class PullRequest(CallgateCase):
    def test_annotations_follow_the_text_and_name_lines(self):
        self.write("deny.json", '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": []}\n')
        self.callgate("init", "--", "sleep", "60")
        done = self.callgate("test", "callgate.yaml", "--profile", "deny.json", "--mode", "log", "--format", "github", exits=1)
        annotations = [line for line in done.stdout.splitlines() if line.startswith("::")]
        self.assertTrue(done.stdout.startswith("✗ FAILED"), done.stdout)
        self.assertTrue(annotations[0].startswith("::error file=deny.json,line=1,col="), annotations[0])
        self.assertLessEqual(sum(line.startswith("::error ") for line in annotations), 10)
        self.assertTrue(annotations[-1].startswith("::notice title=callgate%3A FAILED::callgate.yaml"), annotations[-1])
        sarif = json.loads(self.read("callgate-report", "callgate.sarif"))["runs"][0]
        issues = json.loads(self.read("callgate-report", "gl-code-quality-report.json"))
        self.assertEqual(len(sarif["results"]), len(issues))
        self.assertEqual({result["partialFingerprints"]["callgate/v1"] for result in sarif["results"]},
                         {issue["fingerprint"] for issue in issues})
        self.assertIn("<h1>", self.read("callgate-report", "report.html"))
        # The same case in both dialects; only one of them has what Jenkins' schema refuses.
        self.assertIn('file="callgate.yaml"', self.read("callgate-report", "junit.xml"))
        self.callgate("test", "callgate.yaml", "--profile", "deny.json", "--mode", "log", "--junit-dialect", "jenkins", exits=1)
        strict = self.read("callgate-report", "junit.xml")
        self.assertNotIn('file="callgate.yaml"', strict)
        self.assertIn('<testsuite name="deny.json / log"', strict)
        self.assertIn("--junit-dialect", self.callgate("test", "callgate.yaml", "--junit-dialect", "ant", exits=2).stderr)

    def test_the_problem_matcher_takes_errors_and_warnings_apart(self):
        with open(os.path.join(SOURCE, "reports", "problem-matcher.json"), encoding="utf-8") as file:
            pattern = json.load(file)["problemMatcher"][0]["pattern"][0]
        self.write("p.json", '{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],\n'
                   ' "syscalls": [{"names": ["read", "read", "bpf"], "action": "SCMP_ACT_ALLOW"}]}\n')
        lint = self.callgate("lint", "p.json", exits=1).stdout
        self.write("bad.yaml", "version: 1\nname: x\nworkloda: {}\n")
        said = lint + self.callgate("test", "bad.yaml", exits=2).stderr
        found = [re.match(pattern["regexp"], line) for line in said.splitlines()]
        found = [match for match in found if match]
        fields = [{name: match[number] for name, number in pattern.items() if name != "regexp"} for match in found]
        self.assertTrue(any(one["file"] == "p.json" and one["code"] and one["code"].startswith("CG") for one in fields), said)
        self.assertTrue(any(one["file"] == "bad.yaml" and one["severity"] == "error" and one["code"] is None
                            for one in fields), said)
        self.assertTrue(all(one["severity"] in ("error", "warning") for one in fields))
        self.assertEqual(len(found), len(re.findall(r"(?m)^\S+:\d+:\d+: (?:error|warning): ", said)))


if __name__ == "__main__":
    unittest.main()
