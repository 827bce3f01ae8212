"""callgate diff: what two profiles permit and refuse differently."""
import json
import os
import unittest

from callgate_case import PROFILES, CallgateCase

NGINX = os.path.join(PROFILES, "nginx-custom.json")
GO = os.path.join(PROFILES, "go-http.json")
SPO = os.path.join(PROFILES, "spo-nginx-hardened.json")


def allow(names, **more):
    return {"names": names, "action": "SCMP_ACT_ALLOW", **more}


def masked(mask):
    return [{"index": 0, "value": mask, "op": "SCMP_CMP_MASKED_EQ"}]


class Diff(CallgateCase):
    def profile(self, name, rules, **more):
        return self.write(name, json.dumps({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],
                                            **more, "syscalls": rules}, indent=1))

    def changes(self, a, b, exits=1):
        return json.loads(self.callgate("diff", a, b, "--format", "json", exits=exits).stdout)["changes"]

    def test_formatting_and_order_are_no_difference(self):
        with open(NGINX, encoding="utf-8") as file:
            profile = json.load(file)
        profile["syscalls"][0]["names"].reverse()
        self.write("same.json", json.dumps(profile))
        self.assertEqual(self.callgate("diff", NGINX, "same.json").stdout, "no difference\n")
        self.assertEqual(self.changes(NGINX, "same.json", exits=0), [])

    def test_a_rule_that_another_one_covers_is_no_difference(self):
        self.profile("a.json", [allow(["clone"])])
        self.profile("b.json", [allow(["clone"], args=masked(0x10000000)), allow(["clone"])])
        self.callgate("diff", "a.json", "b.json", exits=0)

    def test_profiles_of_published_articles_differ_in_what_is_known(self):
        changes = self.changes(NGINX, GO)
        self.assertEqual({c["syscall"] for c in changes if c["effect"] == "permitted"},
                         {"clone3", "epoll_create1", "epoll_pwait", "getrandom", "getsockname", "getsockopt", "sched_yield",
                          "sendto", "tgkill"})
        refused = {c["syscall"] for c in changes if c["effect"] == "refused"}
        self.assertEqual(len(refused), 29)
        self.assertIn("writev", refused)
        by_name = {c["syscall"]: c for c in changes}
        self.assertEqual(by_name["stat"]["archs"], ["x86_64"])  # aarch64 has no such call
        self.assertEqual(by_name["clone3"]["archs"], ["x86_64", "aarch64"])
        self.assertEqual(changes[0]["syscall"], "clone3")  # the dangerous one stands first
        self.assertEqual([r["class"] for r in changes[0]["risks"]], ["bypass"])
        back = self.changes(GO, NGINX)
        self.assertEqual({c["syscall"] for c in back if c["effect"] == "permitted"}, refused)
        self.assertTrue(self.callgate("diff", NGINX, SPO, exits=1).stdout)

    def test_each_change_names_the_lines_of_both_files_that_decide(self):
        changes = {c["syscall"]: c for c in self.changes(NGINX, GO)}
        for name, file, side in (("getrandom", GO, "second"), ("writev", NGINX, "first")):
            decider = changes[name][side][0]
            self.assertEqual(decider["by"], "rule")
            with open(file, encoding="utf-8") as lines:
                self.assertIn(f'"{name}"', lines.read().splitlines()[decider["line"] - 1])

    def test_an_argument_filter_that_lets_more_through_is_told_in_words(self):
        self.profile("a.json", [allow(["clone"], args=masked(0x10020000))])
        self.profile("b.json", [allow(["clone"], args=masked(0x00020000))])
        text = self.callgate("diff", "a.json", "b.json", exits=1).stdout
        self.assertIn("! clone(flags=CLONE_NEWUSER)\n", text)
        self.assertIn("      when  flags with just CLONE_NEWUSER of CLONE_NEWNS|CLONE_NEWUSER\n", text)
        self.assertIn("makes a user namespace", text)
        self.assertLessEqual(max(len(line) for line in text.splitlines()), 80)

    def test_an_architecture_that_one_of_them_does_not_list_is_told_as_a_whole(self):
        self.profile("a.json", [allow(["read"])])
        self.profile("b.json", [allow(["read"])], architectures=["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"])
        text = self.callgate("diff", "a.json", "b.json", exits=1).stdout
        self.assertIn("+ i386: b.json lists it, a.json does not\n            1 call newly permitted\n", text)
        self.assertIn("+ read\n        on  i386\n", self.callgate("diff", "a.json", "b.json", "-v", exits=1).stdout)

    def test_only_one_effect_counts_when_it_is_asked_for(self):
        self.profile("a.json", [allow(["read", "write"])])
        self.profile("b.json", [allow(["read"])], flags=["SECCOMP_FILTER_FLAG_LOG"])
        self.assertEqual(self.callgate("diff", "a.json", "b.json", "--only", "permitted").stdout, "no difference\n")
        text = self.callgate("diff", "a.json", "b.json", "--only", "refused", exits=1).stdout
        self.assertIn("- write\n", text)
        self.assertNotIn("settings", text)

    def test_markdown_is_a_table_for_each_kind(self):
        text = self.callgate("diff", NGINX, GO, "--format", "markdown", exits=1).stdout
        self.assertIn("### newly permitted\n\n| call | when | on | was | is | risk |\n", text)
        self.assertIn("### newly refused\n", text)

    def test_what_cannot_be_read_is_exit_code_2(self):
        self.write("broken.json", "{")
        self.assertIn("broken.json:1", self.callgate("diff", NGINX, "broken.json", exits=2).stderr)
        self.assertIn("missing.json", self.callgate("diff", "missing.json", NGINX, exits=2).stderr)


if __name__ == "__main__":
    unittest.main()
