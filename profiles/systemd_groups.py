#!/usr/bin/env python3
"""Writes profiles/systemd_groups.inc: what systemd means by @system-service and the like, from what Debian ships.

usage: profiles/systemd_groups.py > profiles/systemd_groups.inc

It asks `systemd-analyze syscall-filter` of the host, whose version goes into the first line.
"""
import subprocess


def main():
    version = subprocess.run(["systemd-analyze", "--version"], check=True, capture_output=True, text=True)
    listing = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager"], check=True, capture_output=True,
                             text=True)
    groups, current = {}, None
    for line in listing.stdout.splitlines():
        word = line.strip()
        if line.startswith("@"):
            current = groups.setdefault(word, [])
        elif line.startswith("#"):
            current = None  # "# Ungrouped System Calls" of the kernel that runs
        elif current is not None and word and not word.startswith("#"):
            current.append(word)
    print(f"// Written by profiles/systemd_groups.py from: {version.stdout.splitlines()[0]}, `systemd-analyze syscall-filter`.")
    print("// CALLGATE_SYSTEMD_GROUP(name, members): the members, which may be groups, separated by blanks.")
    for name, members in sorted(groups.items()):
        print(f'CALLGATE_SYSTEMD_GROUP("{name}",')
        lines, text = [], ""
        for member in members:
            if len(text) + len(member) > 100:
                lines.append(text)
                text = ""
            text += member + " "
        lines.append(text)
        print("\n".join(f'                       "{line}"' for line in lines) + ")")


if __name__ == "__main__":
    main()
