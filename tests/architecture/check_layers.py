#!/usr/bin/env python3
"""Holds the source tree to the map in harness/docs/architecture.md.

usage: check_layers.py ROOT

Prints one line per violation, `file:line: what is wrong; what would be right`.
Exit code: 0 clean, 1 violations, 2 ROOT is not a source tree of this project.
"""

import re
import sys
from pathlib import Path

# --- the map ---------------------------------------------------------------------------------------------------------

BELOW_THE_SIBLINGS = {"core", "model", "document", "bpf", "decode", "ports"}
SIBLINGS = {"plan", "engine", "scenarios", "profiles", "runners", "reports"}

# module -> the modules it may include besides itself
MAY_INCLUDE = {
    "core": set(),
    "model": {"core"},
    "document": {"core"},
    "bpf": {"model", "core"},
    "decode": {"model", "core"},
    "ports": {"document", "bpf", "decode", "model", "core"},
    **{sibling: BELOW_THE_SIBLINGS for sibling in SIBLINGS},
    "cli": BELOW_THE_SIBLINGS | SIBLINGS,
    "demo": set(),  # a program of its own, not a part of callgate
}

FOLDER = {
    name: name if name in {"scenarios", "profiles", "runners", "reports"} else f"harness/{name}" for name in MAY_INCLUDE
}
ROOTS = ("harness", "profiles", "reports", "runners", "scenarios")

CODE = {".c", ".cc", ".cpp", ".h", ".hh", ".hpp", ".inc"}
HEADERS = {".h", ".hh", ".hpp"}
DATA = {".json", ".policy", ".yaml", ".yml"}

# registry -> (the folder of its files, whether every .cpp there must be registered)
REGISTRIES = {
    "scenarios/step_kinds.inc": ("scenarios/steps", True),
    "profiles/formats.inc": ("profiles/formats", True),
    "reports/formats.inc": ("reports/formats", True),
    "runners/runner_kinds.inc": ("runners/launch", False),
    "runners/trap_backends.inc": ("runners/trap", False),
    "runners/recorder_kinds.inc": ("runners/record", False),
    "harness/cli/commands.inc": ("harness/cli/commands", True),
}

THIRD_PARTY = re.compile(
    r"(?:boost|yaml-cpp|nlohmann|fmt|CLI|openssl|catch2|elfutils|bpf)/|(?:tinyxml2|seccomp|libelf|gelf|dwarf)\.h$"
)

# A call by its plain or ::global name. `child.fork(` and `ours::ptrace(` are somebody else's.
KERNEL_CALL = re.compile(
    r"(?<![\w.:>])(?:::\s*)?"
    r"(?P<call>(?:v?fork|ptrace|waitpid|waitid|wait4|ioctl|posix_spawnp?|seccomp_load)(?=\s*\()"
    r"|(?:SYS|__NR)_(?:seccomp|ptrace|v?fork|clone3?|wait4|waitid|ioctl)\b)"
)

MAX_LINES = 500
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "misc", "common"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"(?P<ours>[^"\n]+)"|<(?P<theirs>[^>\n]+)>)', re.MULTILINE)
REGISTRY_LINE = re.compile(r"^CALLGATE_[A-Z0-9_]+\((?P<name>[a-z][a-z0-9_]*)\)$")
TOKEN = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<number>\b\d[\w.]*(?:'[\w.]+)+)"
    r'|(?P<text>R"(?P<mark>[^\s()\\]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\')',
    re.DOTALL,
)


def blank(text, strings):
    """The text without comments, and without literals too if `strings`; every line stays where it is."""

    def replace(match):
        if match["comment"] is not None or (strings and match["text"] is not None):
            return "".join(c if c == "\n" else " " for c in match[0])
        return match[0]

    return TOKEN.sub(replace, text)


def line_at(text, offset):
    return text.count("\n", 0, offset) + 1


def module_of(path):
    """The module that a path from the project root belongs to, or None."""
    for name, folder in FOLDER.items():
        if path.startswith(folder + "/"):
            return name
    return None


def one_of(names):
    return ", ".join(sorted(names)) if names else "nothing but itself"


class Tree:
    def __init__(self, root):
        self.root = root
        self.violations = []
        self.checked = 0

    def complain(self, path, line, wrong, right):
        self.violations.append((path, line, f"{path}:{line}: {wrong}; {right}"))

    def files(self, *folders):
        for folder in folders:
            for path in sorted((self.root / folder).rglob("*")):
                if path.is_file():
                    yield path.relative_to(self.root).as_posix(), path

    # --- one file ----------------------------------------------------------------------------------------------------

    def check_source(self, path, full):
        self.checked += 1
        text = full.read_text(encoding="utf-8", errors="replace")
        module = module_of(path)
        if module is None:
            self.complain(path, 1, "this folder is not on the map", f"put it into one of: {one_of(FOLDER.values())}")
            return
        without_comments = blank(text, strings=False)
        # A string may hold something that looks like an include: only those count that are also there without literals.
        bare = blank(text, strings=True)
        includes = [
            (line_at(text, match.start()), match["ours"], match["theirs"])
            for match in INCLUDE.finditer(without_comments)
            if bare[match.start() : match.end()].lstrip(" \t").startswith("#")
        ]
        self.check_direction(path, module, includes)
        self.check_own_header(path, full, includes)
        self.check_third_party(path, module, includes)
        self.check_kernel_calls(path, module, bare)
        if full.suffix in {".cpp", ".h"}:
            self.check_length(path, text)

    def check_direction(self, path, module, includes):
        allowed = MAY_INCLUDE[module]
        for line, ours, _ in includes:
            if ours is None:
                continue
            target = module_of(ours)
            if ours.startswith(("./", "../")) or "/../" in ours or target is None:
                self.complain(
                    path,
                    line,
                    f'"{ours}" is not a path into a module',
                    'write it from the project root, as "harness/core/result.h"',
                )
            elif target != module and target not in allowed:
                self.complain(
                    path, line, f'{module} includes "{ours}" of {target}', f"{module} may include: {one_of(allowed)}"
                )

    def check_own_header(self, path, full, includes):
        if full.suffix != ".cpp" or not full.with_suffix(".h").is_file():
            return
        own = path[: -len(".cpp")] + ".h"
        first_line, first, theirs = includes[0] if includes else (1, None, None)
        if first != own:
            seen = f'"{first}"' if first else f"<{theirs}>" if theirs else "nothing"
            self.complain(path, first_line, f"includes {seen} first", f'its own header "{own}" comes first')

    def check_third_party(self, path, module, includes):
        if Path(path).suffix not in HEADERS:
            return
        for line, ours, theirs in includes:
            name = ours or theirs
            if not THIRD_PARTY.match(name) or (module == "demo" and name.startswith("openssl/")):
                continue
            wrong = f"third-party header {name} in a header"
            self.complain(path, line, wrong, "include it in the .cpp and declare what you need")

    def check_kernel_calls(self, path, module, bare):
        if module in {"runners", "demo"}:
            return
        for match in KERNEL_CALL.finditer(bare):
            line = line_at(bare, match.start("call"))
            self.complain(path, line, f"kernel call {match['call']}", "kernel calls live in runners/")

    def check_length(self, path, text):
        lines = len(text.splitlines())
        if lines > MAX_LINES:
            right = f"at most {MAX_LINES}: look for the second idea in it and give that its own file"
            self.complain(path, MAX_LINES + 1, f"{lines} lines", right)

    # --- the tree ----------------------------------------------------------------------------------------------------

    def check_libraries(self):
        for module in ("scenarios", "profiles"):
            for path, full in self.files(module):
                in_library = path.startswith(f"{module}/library/")
                if in_library and full.suffix in CODE:
                    wrong = f"code in {module}/library"
                    self.complain(path, 1, wrong, f"library/ holds data only; code goes into {module}/")
                elif not in_library and full.suffix in DATA:
                    self.complain(path, 1, f"data in {module}", f"ready-made files go into {module}/library/")

    def check_names(self):
        for path, full in self.files(*ROOTS, "tests"):
            if full.stem.lower() in EMPTY_NAMES and full.suffix in CODE | {".cmake", ".py", ".sh"}:
                wrong = f"the name '{full.stem}' explains nothing"
                self.complain(path, 1, wrong, "name the file after the one thing it does")

    def check_registries(self):
        for registry, (folder, complete) in REGISTRIES.items():
            full = self.root / registry
            if full.is_file():
                self.check_registry(registry, full, folder, complete)
            elif full.parent.is_dir():
                self.complain(registry, 1, "registry is missing", f"add it, with one line per file of {folder}/")

    def check_registry(self, registry, full, folder, complete):
        registered = {}
        text = blank(full.read_text(encoding="utf-8", errors="replace"), strings=False)
        for number, line in enumerate((line.strip() for line in text.splitlines()), start=1):
            if not line or line.startswith("#"):
                continue
            match = REGISTRY_LINE.match(line)
            if not match:
                right = "one per line: CALLGATE_KIND(name), the name with underscores"
                self.complain(registry, number, f"'{line}' is no entry", right)
                continue
            name = match["name"]
            if name in registered:
                right = f"the first time is line {registered[name]}; keep one"
                self.complain(registry, number, f"'{name}' is registered twice", right)
                continue
            registered[name] = number
            if not (self.root / folder / f"{name}.cpp").is_file():
                self.complain(registry, number, f"'{name}' has no file", f"add {folder}/{name}.cpp or drop the line")
        if not complete:
            return
        for path in sorted((self.root / folder).glob("*.cpp")):
            if path.stem not in registered:
                relative = path.relative_to(self.root).as_posix()
                name = path.stem.replace("-", "_")
                right = f"add CALLGATE_...({name}) to {registry}"
                if name != path.stem:
                    right = f"name the file {name}.cpp and {right}"
                self.complain(relative, 1, f"'{path.stem}' is not registered", right)

    def check(self):
        for path, full in self.files(*ROOTS):
            if full.suffix in CODE and path not in REGISTRIES:
                self.check_source(path, full)
        self.check_libraries()
        self.check_names()
        self.check_registries()
        return [message for _, _, message in sorted(self.violations)]


def main(arguments):
    if len(arguments) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    tree = Tree(Path(arguments[0]))
    violations = tree.check()
    for violation in violations:
        print(violation)
    if not tree.checked:
        where = ", ".join(ROOTS)
        print(f"{arguments[0]}: no source file in {where}; give the root of the source tree", file=sys.stderr)
        return 2
    print(f"{tree.checked} files checked, {len(violations)} violations", file=sys.stderr)
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
