#!/usr/bin/env python3
"""Which scenario of a pack needs which system calls, as the Markdown table of the pack's README.

usage: needs_table.py RUN.json

RUN.json is that of a run in log mode under a profile that refuses everything. What a scenario's own instance does when it
starts and stops counts as the scenario's, but for what every stop does. Bold: nothing else in the plan makes this call.
Italic: it comes and goes by chance (by_chance of expected/<pack>.yaml).
"""
import json
import os
import sys

import yaml

from calls import needed

EXPECTED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected")


def by_chance(pack):
    path = os.path.join(EXPECTED, f"{pack}.yaml")
    if not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as file:
        return set(yaml.safe_load(file).get("by_chance") or {})


def shown(call, chance, others):
    if call in chance:
        return f"*{call}*"
    return call if call in others else f"**{call}**"


def main(path):
    with open(path, encoding="utf-8") as file:
        run = json.load(file)
    plan = os.path.join(run["directory"], run["plan"])
    chance = by_chance(os.path.basename(os.path.dirname(plan)))
    with open(plan, encoding="utf-8") as file:
        tags = {one.get("name", one.get("use")): one.get("tags", []) for one in yaml.safe_load(file)["scenarios"]}
    needs = needed(run["cases"])
    start = needs.pop("startup")
    steady = set().union(*(calls for name, calls in needs.items() if "steady" in tags.get(name, ()))) - start
    rare = {name: calls - start - steady for name, calls in needs.items() if "steady" not in tags.get(name, ())}
    print(f"At start {len(start)}, with steady load {len(start | steady)}, in all "
          f"{len(start | steady | set().union(*rare.values()))}.\n")
    print("| scenario | needs besides |\n|---|---|")
    print(f"| start | {', '.join(sorted(start))} |")
    print(f"| steady load | {', '.join(shown(call, chance, steady) for call in sorted(steady)) or '-'} |")
    for name, calls in rare.items():
        others = set().union(*(more for other, more in rare.items() if other != name))
        if calls - chance:
            print(f"| {name} | {', '.join(shown(call, chance, others) for call in sorted(calls))} |")
    print("\nNothing besides: " + ", ".join(name for name, calls in rare.items() if not calls - chance) + ".")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    main(sys.argv[1])
