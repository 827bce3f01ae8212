"""The packs of profiles/library on their real servers: each passes with its profile; a profile of start and steady load
does not; callgate's log mode and its recorders see what strace sees; and what was recorded passes every time. The short
form of the first; with CALLGATE_FULL=1 all, in the long one but for the last."""
import os
import shutil
import unittest

from calls import needed, refused_names, traced_names, violating_names
from pack_case import ALWAYS_SHORT, FULL, MINUTES, SHORT, PackCase, pack_names, told


class Packs(PackCase):
    def passes_with_its_profile(self, name):
        pack = self.pack(name)
        cases = self.run_plan(pack.plan_path, *SHORT, "--baseline", "fresh", "--jobs", "4", "--mode", "log",
                              "--mode", "errno", "--mode", "enforce", out="report", exits=0)
        self.assertEqual("", told(cases))
        self.assertEqual({"log", "errno", "enforce"}, {case["mode"] for case in cases})

    def start_and_steady_load_are_not_enough(self, name):
        """A profile recorded from them fails in each rare scenario, and in nothing else."""
        pack = self.pack(name)
        recorded = refused_names(case for case in self.refused_by(pack, (), "--tag", "steady", out="recorded")
                                 if case["scenario"] in pack.steady() | {"startup"})
        cases = self.refused_by(pack, recorded | pack.by_chance, *SHORT, out="report")
        misses = needed(cases, violating_names)
        fails = {owner for owner, calls in misses.items() if calls}
        self.assertEqual(sorted(pack.rare(misses)), sorted(fails), told(cases))

    def sees_what_strace_sees(self, name):
        pack = self.pack(name)
        if shutil.which("strace") is None:
            self.skipTest("no strace here")
        # Outside the directory that only this user can enter: the workload may be somebody else.
        output = self.path("strace.out")
        os.chmod(self.dir, 0o755)
        with open(output, "w", encoding="utf-8"):
            os.chmod(output, 0o666)
        plan = pack.under_strace(self.path("pack"), output)
        by_strace = self.run_plan(plan, *SHORT, "--mode", "baseline", out="baseline", exits=0)
        straced = traced_names(output)
        self.assertGreater(len(straced), 20, [case["scenario"] for case in by_strace])
        for way, seen in self.seen_by_each_way(pack):
            with self.subTest(way=way):
                self.assertEqual((set(), set()), (straced - seen - pack.by_chance, seen - straced - pack.by_chance))

    def passes_each_time_with_what_was_recorded(self, name):
        pack = self.pack(name)
        self.callgate("record", "--quiet", "--repeat", "10", "--jobs", "2", *ALWAYS_SHORT, "-o", "recorded.json",
                      pack.plan_path, timeout=30 * MINUTES)
        cases = self.run_plan(pack.plan_path, "--profile", "recorded.json", *ALWAYS_SHORT, "--baseline", "none",
                              "--jobs", "2", "--repeat", "20", "--mode", "log", "--mode", "errno", "--mode", "enforce",
                              out="report", exits=0)
        self.assertEqual("", told(cases))


def add_tests():
    """One test method for each pack and question."""
    one = os.environ.get("CALLGATE_PACK")  # each is a test of its own for ctest
    for name in pack_names():
        if one not in (None, name):
            continue
        for question in ("passes_with_its_profile", "start_and_steady_load_are_not_enough", "sees_what_strace_sees",
                         "passes_each_time_with_what_was_recorded"):
            def test(self, question=question, name=name):
                if question != "passes_with_its_profile" and not FULL:
                    self.skipTest("only with CALLGATE_FULL=1 (./dev test --full)")
                getattr(self, question)(name)
            setattr(Packs, f"test_{name.replace('-', '_')}_{question}", test)


add_tests()

if __name__ == "__main__":
    unittest.main()
