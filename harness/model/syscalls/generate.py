#!/usr/bin/env python3
"""Makes the table of system calls from what Debian ships.

usage: generate.py fetch FOLDER    download the packages (about 320 MB) into FOLDER
       generate.py write FOLDER    write the .inc files beside this script

Only facts are taken: names, numbers, versions, types. `write` says what it found odd; harness/docs/syscall-table.md says the rest.
"""

import sys
from pathlib import Path

import debian
import introductions
from abis import ABIS
from kernel_source import KernelSource
from libseccomp import MORE_TOKENS, Libseccomp
from parameters import UnknownType, kind_of, width

HERE = Path(__file__).parent
MOST_PARAMETERS = 6  # a filter sees no more


def say(text):
    print(f"generate.py: {text}", file=sys.stderr)


# --- what the sources say --------------------------------------------------------------------------------------------


def collect_numbers(kernels, libraries):
    """name -> {abi name: number}: the newest kernel's, what is gone since, and what only libseccomp knows."""
    numbers = {}

    def add(abi, name, number, source):
        known = numbers.setdefault(name, {})
        if known.setdefault(abi.name, number) != number:
            say(f"{name} on {abi.name} is {known[abi.name]}, but {number} in {source}")

    for abi in ABIS:
        for version, kernel in kernels:
            for name, row in kernel.table(abi).items():
                add(abi, name, row.number + abi.base, f"Linux {version}")
        for library in libraries:
            for name, number in library.numbers(abi.token, abi.bit).items():
                add(abi, name, number, f"libseccomp {library.version}")
    return numbers


def collect_known(names, libraries):
    """name -> version of the oldest library that knows it; and names that have a number on none of our architectures."""
    candidates = set(names)
    for library in libraries:
        for token in MORE_TOKENS:
            candidates.update(library.numbers(token))
    known = {}
    for library in libraries:
        known.update({name: library.version for name in sorted(candidates) if library.knows(name)})
    return known


def resolved(parameters, abi):
    """What a filter sees: kinds, and widths in bits."""
    bits = {"bits16": 16, "bits32": 32, "bits64": 64, "word": 64 if abi.wide else 32}
    return tuple((kind, bits[size]) for _, kind, size in parameters)


def registers(call, parameters, abi):
    """(name, kind, width) of each register. A 64-bit value takes two where registers have 32 bits."""
    found = []
    for kind, name in parameters:
        what, size = kind_of(call, kind, name), width(kind)
        if size == "bits64" and not abi.wide and what != "half":
            if abi.name in {"arm", "mips", "ppc"} and len(found) % 2:
                found.append(("", "integer", "word"))  # these ABIs take an even pair
            found += [(f"{name}_lo", "half", "word"), (f"{name}_hi", "half", "word")]
        else:
            found.append((name.lstrip("_"), what, size if abi.wide or what != "half" else "word"))
    return found[:MOST_PARAMETERS]


def collect_prototypes(numbers, kernels):
    """name -> [(set of abi names, parameters)], the ABIs of each list in the order of ABIS."""
    prototypes = {}
    for abi in sorted(ABIS, key=lambda abi: not abi.wide):  # the names of 64-bit entry points are the plain ones
        tables = [(kernel, kernel.table(abi)) for _, kernel in kernels]
        for name in sorted(numbers):
            if abi.name not in numbers[name]:
                continue
            found = None
            for kernel, table in tables:
                if found is None and name in table:
                    found = kernel.parameters(table[name].entry, abi)
            if found is None:
                continue
            try:
                parameters = registers(name, found, abi)
            except UnknownType as error:
                raise SystemExit(f"{name} on {abi.name}: unknown type {error}; add it to parameters.py") from error
            add_prototype(prototypes.setdefault(name, []), parameters, abi)
    for name, found in prototypes.items():
        share_prototypes(name, numbers[name], found, kernels[0][1])
    return prototypes


def add_prototype(found, parameters, abi):
    for abis, others in found:
        if resolved(others, abi) == resolved(parameters, abi) and same_order(others, parameters):
            abis.add(abi.name)
            return
    found.append(({abi.name}, parameters))


def same_order(some, others):
    """False where both have a parameter of the same name in different places, as clone does."""
    places = {name: place for place, (name, _, _) in enumerate(others)}
    return all(places.get(name, place) == place for place, (name, _, _) in enumerate(some))


def share_prototypes(name, numbers, found, kernel):
    """Where only other architectures' entry points can be read, theirs count, if those of the same width agree."""
    for abi in ABIS:
        if abi.name not in numbers or any(abi.name in abis for abis, _ in found):
            continue
        row = kernel.table(abi).get(name)
        if row and not row.implemented:
            continue
        alike = {one.name for one in ABIS if one.wide == abi.wide}
        fitting = [abis for abis, _ in found if abis & alike] or [abis for abis, _ in found]
        if len(fitting) == 1:
            fitting[0].add(abi.name)


def collect_introductions(names, fetched, cache):
    manual = introductions.from_manual(introductions.unzipped(
        fetched["manpages-dev"][-1].unpacked(cache) / "usr/share/man/man2/syscalls.2.gz"))
    strace = introductions.from_strace(introductions.unzipped(
        fetched["strace"][-1].unpacked(cache) / "usr/share/doc/strace/changelog.gz"))
    headers = introductions.from_headers([
        (package.upstream[:2], introductions.header_names(package.unpacked(cache)))
        for package in fetched["linux-libc-dev"]])
    found = {}
    for name in names:
        for source in (introductions.BY_HAND, manual, strace, headers):
            if name in source:
                found[name] = source[name]
                break
    undated = [name for name in names if name not in found]
    say(f"since when is not known of: {', '.join(undated)}")
    return found


def check_configuration(kernel):
    for abi in ABIS:
        for option in ("CLONE_BACKWARDS2", "CLONE_BACKWARDS", "OLD_SIGSUSPEND3", "OLD_SIGSUSPEND"):
            for folder in abi.folders:
                if option in abi.config and not kernel.selects(folder, option):
                    raise SystemExit(f"{folder}Kconfig does not select {option}, which abis.py says of {abi.name}")


# --- what is written -------------------------------------------------------------------------------------------------


def head(packages):
    lines = ["// Generated by harness/model/syscalls/generate.py: do not edit. Made from these packages of Debian:"]
    lines += [f"//   {package.name} {package.version}, sha256 {package.sha256()}" for package in packages]
    return lines


def braced(numbers):
    return "{" + ", ".join(str(number) for number in numbers) + "}"


def numbers_lines(numbers, introduced, known):
    for name in sorted(numbers):
        row = [numbers[name].get(abi.name, -1) for abi in ABIS]
        since = braced(introduced.get(name, ()))
        yield f'{{"{name}", {since}, {braced(known.get(name, ()))}, {braced(row)}}},'


def prototype_lines(prototypes):
    for name in sorted(prototypes):
        for abis, parameters in prototypes[name]:
            mask = sum(1 << position for position, abi in enumerate(ABIS) if abi.name in abis)
            shown = ", ".join(f'{{"{label}", Kind::{kind}, k{size.capitalize()}}}' for label, kind, size in parameters)
            yield f'{{"{name}", {mask:#06x}, {len(parameters)}, {{{{{shown}}}}}}},'


def subcall_lines(subcalls):
    for name, (multiplexer, number) in sorted(subcalls.items()):
        yield f'{{"{name}", "{multiplexer}", {number}}},'


def write(file, packages, *parts):
    lines = head(packages)
    for part in parts:
        lines += part
    (HERE / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    say(f"{file}: {len(lines)} lines")


def generate(folder):
    cache = debian.cache(folder)
    fetched = {}
    for package in debian.packages(folder):
        fetched.setdefault("linux-source" if package.name.startswith("linux-source") else package.name, []).append(package)
    sources = sorted(fetched["linux-source"], key=lambda package: package.upstream, reverse=True)
    kernels = [(package.version, KernelSource(package.kernel_sources(cache))) for package in sources]
    libraries = [Libseccomp(package.unpacked(cache), package.upstream[:3]) for package in reversed(fetched["libseccomp2"])]
    check_configuration(kernels[0][1])

    numbers = collect_numbers(kernels, libraries)
    known = collect_known(numbers, libraries)
    introduced = collect_introductions(sorted(numbers), fetched, cache)
    prototypes = collect_prototypes(numbers, kernels)
    say(f"{len(numbers)} calls; without parameters: "
        f"{', '.join(sorted(name for name in numbers if name not in prototypes))}")
    say(f"known to libseccomp, but on none of these architectures: {', '.join(sorted(set(known) - set(numbers)))}")

    dated = fetched["libseccomp2"] + fetched["manpages-dev"] + fetched["strace"] + fetched["linux-libc-dev"]
    write("newest.inc", sources[:1], [f"{braced(sources[0].upstream[:2])}"])
    write("numbers.inc", sources + dated, [f"// Columns: {', '.join(abi.name for abi in ABIS)}."],
          numbers_lines(numbers, introduced, known))
    write("prototypes.inc", sources, prototype_lines(prototypes))
    write("subcalls.inc", sources[:1], subcall_lines(kernels[0][1].subcalls()))


def main(arguments):
    if len(arguments) != 2 or arguments[0] not in {"fetch", "write"}:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    command, folder = arguments
    if command == "fetch":
        debian.fetch(folder)
    else:
        generate(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
