"""Fetches the packages that the table is made from, by an apt of its own, and unpacks what is needed of them."""

import hashlib
import os
import re
import subprocess
import tarfile
from pathlib import Path

SUITES = ("bullseye", "bookworm", "trixie", "trixie-backports", "sid")
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"

# One libseccomp per Debian release: each says which names it knows.
LIBSECCOMP_SUITES = ("bullseye", "bookworm", "trixie", "sid")
# This kernel is the last of Debian's with the tables of 31-bit s390 and with calls that are gone since.
OLD_KERNEL = "linux-source-6.1/bookworm"

# Of a kernel's sources only the files with a table, an entry point or a choice between entry points are kept.
KERNEL_FOLDERS = re.compile(
    r"^[^/]+/(arch|block|drivers|fs|include/uapi/linux|io_uring|ipc|kernel|lib|mm|net|scripts|security)/"
)
KERNEL_FILES = re.compile(r"(/syscall\w*\.tbl|/Kconfig|/Makefile\.syscalls|/uapi/linux/(?:net|ipc)\.h)$")
ENTRY_POINTS = re.compile(rb"SYSCALL\w*DEFINE|asmlinkage|parisc_")


class Apt:
    """An apt whose lists, packages and sources are in a folder: the machine's own stay as they are."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.archives = self.folder / "packages"
        state = self.folder / "apt"
        for part in ("lists/partial", "cache/archives/partial"):
            (state / part).mkdir(parents=True, exist_ok=True)
        self.archives.mkdir(exist_ok=True)
        (state / "status").touch()
        sources = "".join(f"deb [signed-by={KEYS}] http://deb.debian.org/debian {suite} main\n" for suite in SUITES)
        (state / "sources.list").write_text(sources, encoding="utf-8")
        user = subprocess.run(["id", "-un"], check=True, capture_output=True, text=True).stdout.strip()
        self.options = ["-q", "-o", f"APT::Sandbox::User={user}", "-o", f"Dir::Etc::sourcelist={state}/sources.list",
                        "-o", "Dir::Etc::sourceparts=-", "-o", f"Dir::State={state}",
                        "-o", f"Dir::State::status={state}/status", "-o", f"Dir::Cache={state}/cache"]

    def run(self, tool, *arguments):
        return subprocess.run([tool, *self.options, *arguments], check=True, cwd=self.archives, stdout=subprocess.PIPE,
                              text=True).stdout

    def update(self):
        self.run("apt-get", "update")

    def download(self, *packages):
        self.run("apt-get", "download", *packages)

    def newest_kernel(self):
        """The package with the sources of the newest kernel, "linux-source-7.3=7.3.4-1~bpo13+1"."""
        shown = self.run("apt-cache", "show", "linux-source")
        package, version = re.search(r"^Depends: (linux-source-\S+) \(= (\S+)\)", shown, re.MULTILINE).groups()
        return f"{package}={version}"

    def headers(self):
        """linux-libc-dev, once for each kernel series that the suites have."""
        newest = {}
        for line in self.run("apt-cache", "madison", "linux-libc-dev").splitlines():
            package, version, source = (word.strip() for word in line.split("|"))
            if package == "linux-libc-dev" and "Packages" in source:
                newest.setdefault(re.match(r"\d+\.\d+", version)[0], f"{package}={version}")
        return list(newest.values())


def fetch(folder):
    """Brings every package into FOLDER/packages; about 320 MB."""
    apt = Apt(folder)
    apt.update()
    apt.download(apt.newest_kernel(), OLD_KERNEL, *apt.headers(), "strace/sid", "manpages-dev/sid")
    for suite in LIBSECCOMP_SUITES:
        apt.download(f"libseccomp2/{suite}")


class Package:
    def __init__(self, path):
        self.path = path
        fields = subprocess.run(["dpkg-deb", "-f", path, "Package", "Version"], check=True, capture_output=True,
                                text=True).stdout
        self.name = re.search(r"^Package: (\S+)$", fields, re.MULTILINE)[1]
        self.version = re.search(r"^Version: (\S+)$", fields, re.MULTILINE)[1]

    @property
    def upstream(self):
        """The version without Debian's part, as numbers."""
        return tuple(int(part) for part in re.match(r"[\d.]*\d", self.version)[0].split("."))

    def sha256(self):
        digest = hashlib.sha256()
        with open(self.path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        return digest.hexdigest()

    def unpacked(self, folder):
        """The folder with the files of the package."""
        target = Path(folder) / self.path.stem
        if not target.is_dir():
            subprocess.run(["dpkg-deb", "-x", self.path, target], check=True)
        return target

    def kernel_sources(self, folder):
        """The folder with the files of a linux-source package that say something about system calls."""
        target = Path(folder) / self.path.stem
        if not target.is_dir():
            partial = target.with_suffix(".partial")
            self.unpack_kernel(partial)
            partial.rename(target)
        return target

    def unpack_kernel(self, target):
        command = f"dpkg-deb --fsys-tarfile '{self.path}' | tar -xO --wildcards './usr/src/*.tar.xz' | xz -dc"
        with subprocess.Popen(command, shell=True, stdout=subprocess.PIPE) as unpacking:
            with tarfile.open(fileobj=unpacking.stdout, mode="r|") as tar:
                for member in tar:
                    if not member.isfile() or not KERNEL_FOLDERS.match(member.name):
                        continue
                    wanted = KERNEL_FILES.search(member.name)
                    if not wanted and not member.name.endswith((".c", ".h")):
                        continue
                    content = tar.extractfile(member).read()
                    if wanted or ENTRY_POINTS.search(content):
                        path = target / member.name.split("/", 1)[1]
                        path.parent.mkdir(parents=True, exist_ok=True)
                        path.write_bytes(content)


def packages(folder):
    """The fetched packages, by name and then oldest first."""
    found = [Package(path) for path in sorted((Path(folder) / "packages").glob("*.deb"))]
    return sorted(found, key=lambda package: (package.name, package.upstream))


def cache(folder):
    path = Path(folder) / "unpacked"
    os.makedirs(path, exist_ok=True)
    return path
