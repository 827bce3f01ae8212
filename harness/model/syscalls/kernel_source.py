"""Reads system call tables and the definitions of entry points out of a kernel's sources."""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

# Numbers without a call.
PLACEHOLDER = re.compile(r"^(?:reserved|unused|available)\d+$")

NOT_IMPLEMENTED = {"sys_ni_syscall", "sys32_unimplemented", "sys_nis_syscall"}

DEFINITION = re.compile(r"^(\w*SYSCALL\w*?DEFINE)\w*\s*\(\s*(\w+)\s*(?:,([^{;]*?))?\)\s*\{?$", re.MULTILINE)
PREFIXES = {
    "SYSCALL_DEFINE": "sys_",
    "COMPAT_SYSCALL_DEFINE": "compat_sys_",
    "PPC32_SYSCALL_DEFINE": "compat_sys_",
    "SYSCALL32_DEFINE": "compat_sys_",
}
CONDITION = re.compile(r"^#\s*(if|ifdef|ifndef|elif|else|endif)\b(.*)$", re.MULTILINE)

# Other sources than those of a kernel with an MMU, real clocks and a real machine below it.
UNUSUAL = re.compile(r"(?:^mm/nommu\.c|/posix-stubs\.c|^arch/x86/um/)")

# Entry points in assembler, by the entry point in C that they jump to.
ASSEMBLER = {
    "sys_sigreturn_wrapper": "sys_sigreturn",
    "sys_rt_sigreturn_wrapper": "sys_rt_sigreturn",
    "sys_statfs64_wrapper": "compat_sys_statfs64",
    "sys_fstatfs64_wrapper": "compat_sys_fstatfs64",
    "__sys_fork": "sys_fork",
    "__sys_clone": "sys_clone",
    "__sys_clone3": "sys_clone3",
    "__sys_sysmips": "sys_sysmips",
    "sys_fork_wrapper": "sys_fork",
    "sys_vfork_wrapper": "sys_vfork",
    "sys_clone_wrapper": "sys_clone",
    "sys_clone3_wrapper": "sys_clone3",
    "sysm_pipe": "sys_pipe",
    "sys32_syscall": "",  # the number and the arguments of another call
    "sys_syscall": "",
}
# Entry points whose definition says nothing, since they read the registers that the program had.
WITHOUT_PARAMETERS = {"sys_sigreturn", "sys_rt_sigreturn", "sys32_sigreturn", "sys32_rt_sigreturn", "sysn32_rt_sigreturn",
                      "compat_sys_sigreturn", "compat_sys_rt_sigreturn"}


@dataclass(frozen=True)
class Definition:
    file: str
    condition: str  # the nearest one above it
    parameters: tuple  # of (type, name)


@dataclass(frozen=True)
class Row:
    number: int
    entry: str

    @property
    def implemented(self):
        return self.entry not in NOT_IMPLEMENTED | {"", "-"}


def halves(text):
    """compat_arg_u64 stands for two parameters."""
    return re.sub(r"\b(?:compat_arg_u64_dual|arg_u32p|compat_arg_u64|SC_ARG64)\((\w+)\)", r"u32, \1_lo, u32, \1_hi", text)


def without_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", lambda match: "\n" * match[0].count("\n"), text, flags=re.DOTALL)


class KernelSource:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.definitions = defaultdict(list)
        self.functions = {}
        self.tables = {}
        for path in sorted(self.folder.rglob("*.[ch]")):
            self.read(path)

    def read(self, path):
        file = path.relative_to(self.folder).as_posix()
        if UNUSUAL.search(file):
            return
        text = without_comments(path.read_text(encoding="utf-8", errors="replace"))
        for match in DEFINITION.finditer(text):
            prefix = PREFIXES.get(match[1])
            if prefix is None:
                continue
            words = [word.strip() for word in halves(match[3] or "").split(",") if word.strip()]
            parameters = tuple(zip(words[::2], words[1::2]))
            if len(words) % 2:
                raise SystemExit(f"{file}: {match[0]!r} is no list of types and names")
            self.definitions[prefix + match[2]].append(Definition(file, condition_above(text, match.start()), parameters))
        if file.startswith("arch/"):
            for match in re.finditer(r"\b(\w*(?:sys|parisc|ppc)\w*)\s*\(([^(){};]*)\)\s*\{", text):
                self.functions.setdefault(match[1], []).append(
                    Definition(file, condition_above(text, match.start()), c_parameters(match[2])))

    def table(self, abi):
        """name -> Row, for one ABI; empty where the sources do not have its table."""
        if abi.name not in self.tables:
            self.tables[abi.name] = self.read_table(abi)
        return self.tables[abi.name]

    def read_table(self, abi):
        entries = {}
        if abi.entries and (self.folder / abi.entries).is_file():
            for _, _, name, entry in self.rows(abi.entries, compat=True):
                entries[name] = entry
        rows = {}
        listed = list(self.rows(abi.table, abi.compat))
        if abi.needs and all(kind != abi.needs for _, kind, _, _ in listed):
            return {}  # this kernel no longer has the ABI
        for number, kind, name, entry in listed:
            if kind in abi.rows and not PLACEHOLDER.match(name):
                rows[name] = Row(number, entries.get(name, entry))
        return rows

    def rows(self, table, compat):
        path = self.folder / table
        if not path.is_file():
            return
        for line in path.read_text(encoding="utf-8").splitlines():
            words = line.split("#")[0].split()
            if len(words) < 3:
                continue
            entry = words[3] if len(words) > 3 else ""
            if compat and len(words) > 4 and words[4] != "-":
                entry = words[4]
            yield int(words[0]), words[1], words[2], entry

    def parameters(self, entry, abi):
        """The parameters of an entry point as (type, name); None where the sources do not say."""
        if entry in ASSEMBLER:
            entry = ASSEMBLER[entry]
        if not entry or entry in NOT_IMPLEMENTED:
            return None
        if entry in WITHOUT_PARAMETERS:
            return ()
        found = self.definitions[entry] + self.functions.get(entry, [])
        if not found and entry.startswith("compat_"):
            found = self.definitions[entry[len("compat_"):]]
        candidates = [one for one in found if one.file.startswith(abi.folders)] or [
            one for one in found if not one.file.startswith("arch/")]
        if len({one.parameters for one in candidates}) > 1:
            candidates = chosen(candidates, abi.config)
        shapes = {tuple(kind for kind, _ in one.parameters) for one in candidates}
        if len(shapes) > 1:
            places = ", ".join(one.file for one in candidates)
            raise SystemExit(f"{entry} on {abi.name} is defined in several ways: {places}; add what decides to abis.py")
        return candidates[0].parameters if candidates else None

    def subcalls(self):
        """name -> (multiplexer, number), of socketcall and ipc."""
        found = {}
        for file, multiplexer, pattern in (("net.h", "socketcall", r"#define SYS_(\w+)\s+(\d+)\s"),
                                           ("ipc.h", "ipc", r"#define ((?:SEM|MSG|SHM)[A-Z]+)\s+(\d+)\s*$")):
            text = (self.folder / "include/uapi/linux" / file).read_text(encoding="utf-8")
            for name, number in re.findall(pattern, text, re.MULTILINE):
                found[name.lower()] = (multiplexer, int(number))
        return found

    def selects(self, folder, option):
        text = (self.folder / folder / "Kconfig").read_text(encoding="utf-8")
        return re.search(rf"^\s*select {option}\b", text, re.MULTILINE) is not None


def chosen(candidates, config):
    """Those below a condition that holds, else those below an #else."""
    named = [one for one in candidates if set(re.findall(r"CONFIG_(\w+)", one.condition)) & config]
    return named or [one for one in candidates if one.condition == "else"] or candidates


def condition_above(text, offset):
    depth = 0
    for match in reversed(list(CONDITION.finditer(text, 0, offset))):
        if match[1] == "endif":
            depth += 1
        elif depth:
            depth -= match[1] in {"if", "ifdef", "ifndef"}
        else:
            return "else" if match[1] == "else" else match[2].strip()
    return ""


def c_parameters(text):
    """The parameters of a C function, "int fd, char __user *buf", as (type, name)."""
    found = []
    for one in text.split(","):
        one = " ".join(one.split())
        if one in {"", "void"}:
            continue
        match = re.match(r"^(.*?)(\w+)$", one)
        found.append((match[1].strip(), match[2]) if match and match[1] else (one, ""))
    return tuple(found)
