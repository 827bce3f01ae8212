"""What is written for people: the reference is what the program says of itself, and every line of the README runs."""
import json
import os
import re
import stat
import subprocess
import unittest

from callgate_case import BIN, SOURCE, CallgateCase, program

REFERENCE = os.path.join(SOURCE, "harness", "docs", "reference.md")
README = os.path.join(SOURCE, "README.md")
UPDATE = os.environ.get("CALLGATE_UPDATE_GOLDEN") == "1"
LISTS = {"steps": "Steps", "scenarios": "Ready scenarios", "oracles": "Oracles", "reports": "Reports", "formats": "Profile formats",
         "lint-rules": "What lint looks for", "traps": "Traps", "recorders": "Recorders", "runners": "Runners",
         "archs": "Architectures", "packs": "Packs"}


def fenced(text):
    return f"```text\n{text.strip()}\n```\n"


def type_of(schema):
    """A word or two for people."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name})"
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(type_of(one) for one in schema[key] if type_of(one)))
    if schema.get("type") == "array":
        return f"list of {type_of(schema['items'])}" if "items" in schema else "list"
    kind = schema.get("type", "")
    return kind if isinstance(kind, str) else " or ".join(kind)


def properties_of(schema):
    """Those of a mapping, or of the mappings that it may be."""
    found = dict(schema.get("properties", {}))
    for key in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(key, ()):
            found.update(properties_of(one))
    return found


def rows_of(schema, before=""):
    """`path | type | meaning` for each property, those of inner mappings included."""
    rows = []
    required = set(schema.get("required", ()))
    for name, one in properties_of(schema).items():
        meaning = one.get("description", "").replace("|", "\\|")
        must = " (required)" if name in required else ""
        rows.append(f"| `{before}{name}`{must} | {type_of(one)} | {meaning} |")
        rows += rows_of(one, f"{before}{name}.") + rows_of(one.get("items", {}), f"{before}{name}[].")
    return rows


class Reference(CallgateCase):
    def text(self):
        parts = ["# Reference\n\nWhat `callgate --help`, `callgate list` and `callgate schema` say, in one place. Made by\n"
                 "`CALLGATE_UPDATE_GOLDEN=1 ./dev test -R cli.test_documentation`; a test holds it to the program.\n"]
        overview = self.callgate("--help").stdout
        parts += ["## Commands\n", fenced(overview)]
        for command in re.findall(r"^  ([a-z]+)  +\S", overview, re.MULTILINE):
            parts += [f"### callgate {command}\n", fenced(self.callgate(command, "--help").stdout)]
        parts.append("## The plan\n")
        schema = json.loads(self.callgate("schema", "plan").stdout)
        for name, one in {"plan": schema, **schema["$defs"]}.items():
            parts.append(f"### {name}\n")
            rows = rows_of(one)
            description = one.get("description", "")
            if description:
                parts.append(description + "\n")
            if rows:
                parts.append("\n".join(["| key | value | meaning |", "| --- | --- | --- |", *rows]) + "\n")
            else:
                parts.append(f"{type_of(one)}{': `' + one['pattern'] + '`' if 'pattern' in one else ''}\n")
        for kind, title in LISTS.items():
            listed = self.callgate("list", kind, env={"CALLGATE_LIBRARY": os.path.join(SOURCE, "profiles", "library")})
            parts += [f"## {title}\n", fenced(listed.stdout)]
        return "\n".join(parts)

    def test_the_reference_is_what_the_program_says(self):
        text = self.text()
        if UPDATE:
            with open(REFERENCE, "w", encoding="utf-8") as file:
                file.write(text)
        with open(REFERENCE, encoding="utf-8") as file:
            self.assertEqual(file.read(), text, "CALLGATE_UPDATE_GOLDEN=1 writes it anew")


# Lines of the README that do not end with 0, and what code they end with: the story says so, or findings are what they show.
CODES = {
    "callgate test callgate.yaml               # fails": 1,
    "callgate repro ": 1,
    "callgate resolve default.json --compare": 1,
    "callgate diff before.json after.json": 1,
    "callgate audit audit.log": 1,
    "journalctl ": 1,
    "callgate report shard-1": 1,
    "callgate test plan.yaml --last-failed": 1,
}


def allowing(names):
    return {"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],
            "syscalls": [{"names": sorted(names), "action": "SCMP_ACT_ALLOW"}]}


class Readme(CallgateCase):
    """The files that the README's lines speak of, in small."""

    def setUp(self):
        super().setUp()
        os.mkdir(self.path("bin"))
        os.symlink(BIN, self.path("bin", "callgate"))
        self.script("bin/journalctl", f"cat <<'END'\n{self.seccomp_of_the_journal()}\nEND\n")
        self.script("server", f"sync -f .\nexec {program('needs')}\n")
        self.write("plan.yaml", json.dumps({
            "version": 1, "name": "server", "profile": "server.json", "modes": ["log"],
            "workload": {"command": [self.path("server")], "ready": {"log": "up", "within": "10s"}},
            "scenarios": [{"name": "work", "steps": [{"signal": {"send": "SIGUSR1", "expect": {"log": "done"}, "within": "10s"}}]}]}))
        for name, names in {"a": ["read"], "b": ["read", "write"], "before": ["read", "stat"], "after": ["read", "getrandom"],
                            "profile": ["read", "write", "openat", "open", "socket"]}.items():
            self.write(f"{name}.json", json.dumps(allowing(names)))
        self.write("nginx.json", '{"defaultAction": "SCMP_ACT_ALLOW"}')
        self.write("default.json", json.dumps({
            "defaultAction": "SCMP_ACT_ERRNO", "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []}],
            "syscalls": [{"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
                         {"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}}]}))
        self.write("audit.log", "type=SECCOMP msg=audit(1764000000.123:42): auid=1000 uid=0 gid=0 ses=1 pid=77 comm=\"server\" "
                                "exe=\"/usr/bin/server\" sig=0 arch=c000003e syscall=83 compat=0 ip=0x7f0000000000 code=0x50000\n")

    @staticmethod
    def seccomp_of_the_journal():
        return json.dumps({"_TRANSPORT": "audit", "__REALTIME_TIMESTAMP": "1764000000123000", "MESSAGE":
                           "SECCOMP auid=1000 uid=0 gid=0 ses=1 pid=77 comm=\"server\" exe=\"/usr/bin/server\" sig=0 arch=c000003e "
                           "syscall=83 compat=0 ip=0x7f0000000000 code=0x50000", "_AUDIT_TYPE": "1326", "_AUDIT_ID": "42"})

    def script(self, name, text):
        os.chmod(self.write(name, "#!/bin/sh\n" + text), stat.S_IRWXU)

    def before(self, line):
        """What the reader has by then, and the line before does not make."""
        if line.startswith("callgate repro"):
            self.write("refused.json", json.dumps(allowing(["read"])))
            self.write("nginx.yaml", self.read("plan.yaml").replace("server.json", "nginx.json"))
            self.write("nginx.json", json.dumps(allowing(["read", "execve"])))
            self.run_line("callgate test nginx.yaml --baseline none", 1)
        if line.startswith("callgate report shard-1"):
            for index in (1, 3, 4):
                self.run_line(f"callgate test plan.yaml --shard {index}/4 --out shard-{index}; true", 0)
        if line.startswith("callgate test plan.yaml --shard"):
            self.write("server.json", json.dumps(allowing(["read", "execve"])))

    def run_line(self, line, code):
        environment = {**os.environ, "PATH": f"{self.path('bin')}:/usr/sbin:{os.environ['PATH']}", "CALLGATE_CACHE": self.path("cache")}
        done = subprocess.run(["sh", "-c", line], cwd=self.dir, env=environment, text=True, capture_output=True, check=False,
                              timeout=240, stdin=subprocess.DEVNULL)
        self.assertEqual(code, done.returncode, f"{line}\n{done.stdout}\n{done.stderr}")

    def test_every_line_of_the_readme_runs(self):
        with open(README, encoding="utf-8") as file:
            blocks = re.findall(r"^```sh\n(.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)
        ran = 0
        for line in "".join(blocks).splitlines():
            # This very test is part of `./dev test`; nginx is not everywhere.
            if line.startswith("./dev ") or (line.endswith("nginx -t") and not os.path.exists("/usr/sbin/nginx")):
                continue
            self.before(line)
            self.run_line(line, next((code for start, code in CODES.items() if line.startswith(start)), 0))
            ran += 1
        self.assertGreater(ran, 25)


if __name__ == "__main__":
    unittest.main()
