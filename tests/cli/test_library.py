"""What the packs of profiles/library bring besides their plans: profiles whose every rule says why it is there."""
import json
import os
import unittest

from callgate_case import SOURCE, CallgateCase

LIBRARY = os.path.join(SOURCE, "profiles", "library")


class Library(CallgateCase):
    def test_every_rule_of_every_pack_says_why_it_is_there(self):
        for pack in sorted(os.listdir(LIBRARY)):
            with self.subTest(pack=pack):
                profile = os.path.join(LIBRARY, pack, "profile.json")
                with open(profile, encoding="utf-8") as file:
                    rules = json.load(file)["syscalls"]
                permitted = {name for rule in rules if rule["action"] == "SCMP_ACT_ALLOW" for name in rule["names"]}
                self.assertGreater(len(permitted), 40)
                done = self.callgate("why", profile)
                self.assertEqual("", done.stderr)  # it would say that the profile is not the one that was recorded
                told = set(done.stdout.splitlines())
                self.assertEqual(set(), permitted - told)

    def test_one_rule_of_a_pack_says_which_step_needs_it(self):
        nginx = os.path.join(LIBRARY, "nginx", "profile.json")
        self.assertRegex(self.callgate("why", nginx, "fadvise64").stdout,
                         r"(?s)made on x86_64 .*    in buffered: .*by .*nginx\n  for example at\n    posix_fadvise .*ngx_read_ahead")
        self.assertIn("kept: on aarch64", self.callgate("why", nginx, "renameat").stdout)


if __name__ == "__main__":
    unittest.main()
