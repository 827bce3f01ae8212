"""What really happens to Debian's nginx when one call is refused, and which oracle says so: a port that answers 200 hides
most of it. The profiles are those of a widely read article, and one that lacks nothing but what is named."""
import json
import os
import shutil
import unittest

from callgate_case import PROFILES, SOURCE, CallgateCase

PLAN = os.path.join(SOURCE, "tests", "workloads", "nginx-plain", "plan.yaml")
DENY_ALL = '{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": []}'


def names_of(path):
    with open(path, encoding="utf-8") as file:
        return {name for rule in json.load(file)["syscalls"] for name in rule["names"]}


@unittest.skipUnless(os.path.exists("/usr/sbin/nginx") and os.geteuid() == 0, "needs nginx, and root for its workers' user")
class KnownAnswers(CallgateCase):
    """Each test names a profile by what it permits and says, by case, what must be found."""

    recorded = None

    def everything(self):
        """What the plan needs, as log mode sees it; once for all tests."""
        if KnownAnswers.recorded is None:
            self.write("deny.json", DENY_ALL)
            shutil.copytree(os.path.dirname(PLAN), self.path("patient"))
            plan = self.path("patient", "plan.yaml")
            with open(PLAN, encoding="utf-8") as file:
                patient = file.read().replace("within: 3s", "within: 60s")  # every call is a stop
            self.write(plan, patient)
            self.callgate("test", plan, "-p", "deny.json", "-m", "log", "--baseline", "none", "--out", "recorded",
                          exits=1)
            KnownAnswers.recorded = names_of(self.path("recorded", "profile.proposed.json"))
        # Whether the server behind it has said everything when nginx reads first is chance.
        return KnownAnswers.recorded | {"readv"}

    def run_with(self, names, *scenarios, exits=1):
        self.write("p.json", json.dumps({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],
                                         "syscalls": [{"names": sorted(names), "action": "SCMP_ACT_ALLOW"}]}))
        selected = [word for name in scenarios or ("static",) for word in ("-s", name)]
        self.callgate("test", PLAN, "-p", "p.json", *selected, exits=exits)
        return {case["scenario"]: case for case in self.run_json()["cases"]}

    def article(self, name, *more):
        return names_of(os.path.join(PROFILES, name)) | set(more)

    def missed(self, case):
        return {miss["oracle"] for miss in case.get("oracles", [])}

    def does_not_start(self, names, says, scenario="static", case="startup"):
        found = self.run_with(names, scenario)[case]
        self.assertEqual(found["outcome"], "workload-failed", found["reasons"])
        self.assertIn(says, found["log_tail"] + " ".join(found["reasons"]))

    def accepts_but_never_answers(self, names):
        startup = self.run_with(names)["startup"]
        self.assertIn(startup["outcome"], ("timed-out", "expectation-missed"))
        self.assertIn("the workload did not get ready", startup["reasons"][0])

    def test_everything_that_is_needed_lets_every_case_pass(self):
        cases = self.run_with(self.everything(), "*", exits=0)
        self.assertEqual({case["outcome"] for case in cases.values()}, {"passed"})

    def test_n1_without_mkdir_it_does_not_start(self):
        self.does_not_start(self.article("nginx-custom.json"), "mkdir()")

    def test_n2_without_rt_sigsuspend_the_master_spins_and_is_deaf(self):
        cases = self.run_with(self.article("nginx-custom.json", "mkdir"))
        self.assertIn("idle-cpu", self.missed(cases["startup"]) | self.missed(cases["static"]))
        self.assertEqual(self.missed(cases["shutdown"]), {"stop"})
        self.assertEqual([step["outcome"] for step in cases["static"]["steps"]], ["passed"])

    def test_n3_without_getsockopt_the_proxy_answers_otherwise(self):
        cases = self.run_with(self.article("nginx-custom.json", "mkdir", "rt_sigsuspend"), "static", "proxy")
        self.assertIn("bodies", self.missed(cases["proxy"]))
        self.assertEqual([step["outcome"] for step in cases["static"]["steps"]], ["passed"])

    def test_n4_without_chown_the_log_is_written_into_the_rotated_file(self):
        cases = self.run_with(self.article("nginx-custom.json", "mkdir", "rt_sigsuspend"), "log-reopen")
        self.assertLessEqual({"files", "log"}, self.missed(cases["log-reopen"]))
        self.assertIn("access.log is empty", " ".join(cases["log-reopen"]["reasons"]))

    def test_n5_without_getrandom_tls_does_not_start(self):
        self.does_not_start(self.article("nginx-custom.json", "mkdir", "rt_sigsuspend"), "SSL_CTX_new() failed", "with-tls",
                            "with-tls: startup")

    def test_n6_without_vfork_an_entrypoint_script_goes_nowhere(self):
        self.does_not_start(self.article("nginx-custom.json", "mkdir", "rt_sigsuspend"), "Cannot fork",
                            "with-entrypoint", "with-entrypoint: startup")

    def test_s1_without_execve_nothing_is_executed(self):
        self.does_not_start(self.article("spo-nginx-hardened.json"), "cannot execute '/usr/sbin/nginx'")

    def test_s2_to_s6_each_missing_call_stops_the_start_at_another_place(self):
        names = self.article("spo-nginx-hardened.json")
        for more, says in ((("execve",), "cannot read file data"), (("pread64",), "uname() failed"),
                           (("uname",), "getrlimit(RLIMIT_NOFILE) failed"),
                           (("mkdir", "prlimit64"), "nginx.pid\" failed"), (("pwrite64",), "dup2(STDERR_FILENO) failed")):
            names |= set(more)
            with self.subTest(more=more):
                self.does_not_start(names, says)

    def test_s7_and_s8_the_port_is_open_and_nobody_answers(self):
        names = self.article("spo-nginx-hardened.json", "execve", "pread64", "uname", "mkdir", "prlimit64", "pwrite64", "dup2")
        for more in ("", "socketpair"):
            with self.subTest(more=more):
                self.accepts_but_never_answers(names | {more} - {""})

    def test_s9_the_master_spins_behind_a_page_that_is_fine(self):
        names = self.article("spo-nginx-hardened.json", "execve", "pread64", "uname", "mkdir", "prlimit64", "pwrite64", "dup2",
                             "socketpair", "clone")
        cases = self.run_with(names)
        self.assertIn("idle-cpu", self.missed(cases["startup"]) | self.missed(cases["static"]))
        self.assertEqual(self.missed(cases["shutdown"]), {"stop"})

    def test_s10_without_rt_sigreturn_the_stop_is_a_crash(self):
        names = self.article("spo-nginx-hardened.json", "execve", "pread64", "uname", "mkdir", "prlimit64", "pwrite64", "dup2",
                             "socketpair", "clone", "rt_sigsuspend")
        shutdown = self.run_with(names)["shutdown"]
        self.assertIn("stop", self.missed(shutdown))
        self.assertIn("SIGSEGV", " ".join(shutdown["reasons"]))

    def test_s11_without_geteuid_the_workers_stay_root(self):
        cases = self.run_with(self.everything() - {"geteuid"})
        self.assertIn("identities", self.missed(cases["startup"]))
        self.assertEqual([step["outcome"] for step in cases["static"]["steps"]], ["passed"])

    def test_k1_without_rt_sigreturn_a_reload_kills_the_master_and_orphans_serve_on(self):
        cases = self.run_with(self.everything() - {"rt_sigreturn"}, "reload")
        self.assertEqual(cases["reload"]["outcome"], "workload-failed")
        self.assertIn("SIGSEGV", " ".join(cases["reload"]["reasons"]))

    def test_k3_without_wait4_old_workers_are_not_reaped(self):
        cases = self.run_with(self.everything() - {"wait4", "waitid"}, "reload")
        self.assertIn("zombies", self.missed(cases["reload"]))
        self.assertEqual(self.missed(cases["shutdown"]), {"stop"})

    def test_k6_without_setgroups_the_workers_keep_the_groups_of_the_master(self):
        cases = self.run_with(self.everything() - {"setgroups"})
        self.assertLessEqual({"identities", "log"}, self.missed(cases["startup"]))


if __name__ == "__main__":
    unittest.main()
