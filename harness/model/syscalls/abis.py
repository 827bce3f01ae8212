"""The ABIs that callgate knows: where the kernel's sources have the table of each, and what is special about it."""

from dataclasses import dataclass, field

GENERIC = "scripts/syscall.tbl"


@dataclass(frozen=True)
class Abi:
    name: str
    table: str
    rows: frozenset  # values of the table's second column that belong to this ABI
    folders: tuple  # of the architecture's own sources
    token: int  # libseccomp's
    wide: bool = True  # registers have 64 bits
    compat: bool = False  # the table's column for 32-bit programs on a 64-bit kernel counts: it shows each register
    base: int = 0
    bit: int = 0  # set in every number that a filter sees, but not stored
    needs: str = ""  # a value of the second column without which the table is not of this ABI
    entries: str = ""  # another table, whose column of entry points is the better one
    config: frozenset = field(default_factory=frozenset)  # what decides between variants of an entry point


def abi(name, table, rows, folder, token, **others):
    config = frozenset(others.pop("config", ()))
    return Abi(name, table, frozenset(rows), (f"arch/{folder}/",), token, config=config, **others)


X86 = "arch/x86/entry/syscalls/syscall_"
MIPS = "arch/mips/kernel/syscalls/syscall_"
PARISC = "arch/parisc/kernel/syscalls/syscall.tbl"
POWERPC = "arch/powerpc/kernel/syscalls/syscall.tbl"
S390 = "arch/s390/kernel/syscalls/syscall.tbl"
BACKWARDS = "CLONE_BACKWARDS"

# The order is that of the columns of numbers.inc and of the bits of prototypes.inc; syscall_table.cpp has it too.
# Which architecture selects which variant of clone and sigsuspend is in its Kconfig; `generate.py` compares.
ABIS = (
    abi("x86", X86 + "32.tbl", {"i386"}, "x86", 0x40000003, wide=False, compat=True,
        config={BACKWARDS, "OLD_SIGSUSPEND3"}),
    abi("x86_64", X86 + "64.tbl", {"common", "64"}, "x86", 0xC000003E),
    abi("x32", X86 + "64.tbl", {"common", "x32"}, "x86", 0x4000003E, bit=0x40000000),
    abi("arm", "arch/arm/tools/syscall.tbl", {"common", "eabi"}, "arm", 0x40000028, wide=False, compat=True,
        entries="arch/arm64/tools/syscall_32.tbl", config={BACKWARDS, "OLD_SIGSUSPEND3"}),
    abi("aarch64", GENERIC, {"common", "64", "renameat", "rlimit", "memfd_secret"}, "arm64", 0xC00000B7,
        config={BACKWARDS}),
    abi("mips", MIPS + "o32.tbl", {"o32"}, "mips", 0x8, wide=False, compat=True, base=4000, config={BACKWARDS}),
    abi("mips64", MIPS + "n64.tbl", {"n64"}, "mips", 0x80000008, base=5000, config={BACKWARDS}),
    abi("mips64n32", MIPS + "n32.tbl", {"n32"}, "mips", 0xA0000008, base=6000, config={BACKWARDS}),
    abi("parisc", PARISC, {"common", "32"}, "parisc", 0xF, wide=False, compat=True, config={BACKWARDS}),
    abi("parisc64", PARISC, {"common", "64"}, "parisc", 0x8000000F, config={BACKWARDS}),
    abi("ppc", POWERPC, {"common", "nospu", "32"}, "powerpc", 0x14, wide=False, compat=True,
        config={BACKWARDS, "OLD_SIGSUSPEND"}),
    abi("ppc64", POWERPC, {"common", "nospu", "64"}, "powerpc", 0x80000015, config={BACKWARDS}),
    abi("riscv64", GENERIC, {"common", "64", "riscv", "rlimit", "memfd_secret"}, "riscv", 0xC00000F3,
        config={BACKWARDS}),
    abi("s390", S390, {"common", "32"}, "s390", 0x16, wide=False, compat=True, needs="32",
        config={"CLONE_BACKWARDS2", "OLD_SIGSUSPEND3"}),
    abi("s390x", S390, {"common", "64"}, "s390", 0x80000016, config={"CLONE_BACKWARDS2", "OLD_SIGSUSPEND3"}),
)
