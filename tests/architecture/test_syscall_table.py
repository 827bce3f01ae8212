#!/usr/bin/env python3
"""The generator of the table of system calls on a small kernel of its own: what it reads, and that it always says the same."""

import os
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(os.environ.get("CALLGATE_SOURCE_DIR", Path(__file__).parents[2]))
GENERATOR = ROOT / "harness/model/syscalls"
sys.path.insert(0, str(GENERATOR))

import generate  # noqa: E402
import introductions  # noqa: E402
import kernel_source  # noqa: E402
from abis import ABIS  # noqa: E402

FILES = {
    "arch/x86/entry/syscalls/syscall_64.tbl": """# comment
0\tcommon\tread\tsys_read
17\tcommon\tpread64\tsys_pread64
18\tcommon\tclone\tsys_clone
19\tcommon\treserved19\t
20\t64\tnewest\tsys_newest
21\t64\tgone\t\t\t# never
""",
    "arch/x86/entry/syscalls/syscall_32.tbl": """3\ti386\tread\tsys_read
180\ti386\tpread64\tsys_pread64\tsys_ia32_pread64
120\ti386\tclone\tsys_clone\tcompat_sys_ia32_clone
""",
    "arch/arm/tools/syscall.tbl": "180\tcommon\tpread64\tsys_pread64\n120\tcommon\tclone\tsys_clone\n",
    "fs/read_write.c": """
SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf, size_t, count)
{
}
SYSCALL_DEFINE4(pread64, unsigned int, fd, char __user *, buf,
\t\tsize_t, count, loff_t, pos) /* on one line or on two */
{
}
SYSCALL_DEFINE2(newest, umode_t, mode, const char __user *, pathname)
{
}
""",
    "arch/x86/kernel/sys_ia32.c": """
SYSCALL_DEFINE5(ia32_pread64, unsigned int, fd, char __user *, ubuf, u32, count,
\t\tu32, poslo, u32, poshi)
{
}
COMPAT_SYSCALL_DEFINE5(ia32_clone, unsigned long, clone_flags, unsigned long, newsp, int __user *, parent_tidptr,
\t\tunsigned long, tls_val, int __user *, child_tidptr)
{
}
""",
    "kernel/fork.c": """
#ifdef CONFIG_CLONE_BACKWARDS
SYSCALL_DEFINE5(clone, unsigned long, clone_flags, unsigned long, newsp, int __user *, parent_tidptr,
\t\tunsigned long, tls, int __user *, child_tidptr)
#else
SYSCALL_DEFINE5(clone, unsigned long, clone_flags, unsigned long, newsp, int __user *, parent_tidptr,
\t\tint __user *, child_tidptr, unsigned long, tls)
#endif
{
}
""",
    "mm/nommu.c": "SYSCALL_DEFINE1(read, unsigned long, something_else)\n{\n}\n",
}

MANUAL = """.SH DESCRIPTION
.TS
Lb Lb
System call\tKernel\tNotes
_
\\f[B]open\\f[](2)\t1.0
T{
.BR accept (2)
T}\t2.0\tT{
See notes
T}
.\\" a comment
\\f[B]backported\\f[](2)\t2.6; 2.4.18
\\f[B]undated\\f[](2)\t
.TE
"""
CHANGES = """2024-06-26  Somebody  <somebody@example.org>

\tImplement decoding of mseal syscall.
\tThis new syscall was introduced by Linux kernel commit v6.10-rc1~16^2~3.

2023-10-11  Somebody  <somebody@example.org>

\tImplement decoding of one, two, and three syscalls.

\tIntroduced by commits v6.8-rc1~1 and later.

\tImplement decoding of undated syscall.
"""


class SmallKernel(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, text in FILES.items():
            path = Path(folder.name) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.kernel = kernel_source.KernelSource(folder.name)
        self.numbers = generate.collect_numbers([("7.3", self.kernel)], [])

    def rows(self):
        prototypes = generate.collect_prototypes(self.numbers, [("7.3", self.kernel)])
        return list(generate.prototype_lines(prototypes))

    def test_numbers_are_read_by_architecture_and_placeholders_left_out(self):
        self.assertEqual(set(self.numbers), {"read", "pread64", "clone", "newest", "gone"})
        self.assertEqual(self.numbers["pread64"], {"x86": 180, "x86_64": 17, "x32": 17, "arm": 180})
        self.assertEqual(self.numbers["newest"], {"x86_64": 20})

    def test_parameters_are_those_that_a_filter_sees(self):
        by_mask = {}
        for row in self.rows():
            name, mask = row[2:].split('"', 1)[0], int(row.split(", ")[1], 16)
            by_mask.setdefault(name, {})[mask] = row
        # x86, x86_64, x32 and arm are the bits 1, 2, 4 and 8.
        self.assertEqual(set(by_mask["read"]), {7})
        self.assertEqual(set(by_mask["pread64"]), {1, 6, 8})
        self.assertEqual(set(by_mask["clone"]), {6, 9})
        self.assertNotIn("gone", by_mask)
        self.assertIn('{"poslo", Kind::half, kWord}', by_mask["pread64"][1])
        self.assertIn('{"", Kind::integer, kWord}, {"pos_lo", Kind::half, kWord}', by_mask["pread64"][8])
        self.assertIn('{"mode", Kind::mode, kBits16}, {"pathname", Kind::string, kWord}', by_mask["newest"][2])

    def test_the_same_sources_give_the_same_rows(self):
        first = self.rows()
        self.assertEqual(first, self.rows())
        self.assertEqual(first, sorted(first, key=lambda row: row.split('"')[1]))

    def test_kernels_of_introduction_come_from_manual_and_changes(self):
        self.assertEqual(introductions.from_manual(MANUAL),
                         {"open": (1, 0, 0), "accept": (2, 0, 0), "backported": (2, 4, 18)})
        self.assertEqual(introductions.from_strace(CHANGES),
                         {"mseal": (6, 10, 0), "one": (6, 8, 0), "two": (6, 8, 0), "three": (6, 8, 0)})

    def test_headers_date_a_call_only_when_no_kernel_is_in_between(self):
        headers = [((6, 12), {"open"}), ((7, 2), {"open", "between"}), ((7, 3), {"open", "between", "fchroot"})]
        self.assertEqual(introductions.from_headers(headers), {"fchroot": (7, 3, 0)})


class Committed(unittest.TestCase):
    """The files in the tree, without what they were made from."""

    def rows(self, name):
        lines = (GENERATOR / name).read_text(encoding="utf-8").splitlines()
        self.assertTrue(lines[0].startswith("// Generated by"), name)
        self.assertRegex(lines[1], r"^//   linux-source-\S+ \S+, sha256 [0-9a-f]{64}$")
        return [line for line in lines if not line.startswith("//")]

    def test_rows_are_sorted_and_whole(self):
        for name in ("numbers.inc", "prototypes.inc", "subcalls.inc"):
            rows = self.rows(name)
            names = [row.split('"')[1] for row in rows]
            self.assertEqual(names, sorted(names), name)
            self.assertTrue(all(row.endswith("},") for row in rows), name)

    def test_numbers_have_a_column_for_each_architecture(self):
        for row in self.rows("numbers.inc"):
            self.assertEqual(len(row.rsplit("{", 1)[1].split(",")), len(ABIS) + 1, row)

    def test_no_two_prototypes_of_a_call_are_for_the_same_architecture(self):
        seen = {}
        for row in self.rows("prototypes.inc"):
            name, mask = row.split('"')[1], int(row.split(", ")[1], 16)
            self.assertEqual(seen.get(name, 0) & mask, 0, row)
            seen[name] = seen.get(name, 0) | mask


if __name__ == "__main__":
    unittest.main()
