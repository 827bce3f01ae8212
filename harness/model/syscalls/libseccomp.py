"""Asks a libseccomp, as Debian built it, which calls it knows."""

import ctypes

# Where calls have numbers: the usual ones, those of MIPS, and those of 32-bit ARM alone.
RANGES = (range(0, 1000), range(4000, 4600), range(5000, 5600), range(6000, 6600), range(0xF0000, 0xF0010))
# Architectures besides ours, for the names that only they have: LoongArch, 68000, SuperH.
MORE_TOKENS = (0xC0000102, 0x4, 0x2A, 0x4000002A)
UNKNOWN = -1


class Libseccomp:
    """Loads the library into this process: the package has to be of this machine's architecture."""

    def __init__(self, folder, version):
        self.version = version
        (path,) = folder.glob("usr/lib/*/libseccomp.so.2.*")
        self.library = ctypes.CDLL(str(path))
        self.library.seccomp_syscall_resolve_num_arch.restype = ctypes.c_void_p
        self.free = ctypes.CDLL(None).free

    def numbers(self, token, bit=0):
        """name -> number, without `bit`, of one architecture."""
        found = {}
        for numbers in RANGES:
            for number in numbers:
                pointer = self.library.seccomp_syscall_resolve_num_arch(ctypes.c_uint32(token), ctypes.c_int(number | bit))
                if pointer:
                    found[ctypes.string_at(pointer).decode()] = number
                    self.free(ctypes.c_void_p(pointer))
        return found

    def knows(self, name):
        return self.library.seccomp_syscall_resolve_name(name.encode()) != UNKNOWN
