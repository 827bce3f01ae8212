"""`callgate audit`: logs of elsewhere, the profile that they are laid to, and its repair."""
import gzip
import json
import os
import resource
import subprocess
import unittest

from callgate_case import BIN, SHARED, CallgateCase

PROFILE = """{
  "defaultAction": "SCMP_ACT_ERRNO",
  "syscalls": [
    {"names": ["close", "execve", "read", "write"], "action": "SCMP_ACT_ALLOW"},
    {"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]}
  ]
}
"""
ERRNO, LOG, KILL = "0x50000", "0x7ffc0000", "0x80000000"


def fields(nr, code=ERRNO, comm='"worker"', exe='"/srv/worker"', arch="c000003e", sig=0):
    return (f"auid=4294967295 uid=0 gid=0 ses=4294967295 pid=77 comm={comm} exe={exe} sig={sig} arch={arch} syscall={nr} "
            f"compat=0 ip=0x7f0000001234 code={code}")


def dmesg(serial, nr, code=ERRNO, **more):
    return f"[   12.345678] audit: type=1326 audit(1700000000.{serial:03}:{serial}): {fields(nr, code, **more)}\n"


class Audit(CallgateCase):
    def audit(self, *arguments, exits, stdin=None):
        done = subprocess.run([BIN, "audit", *arguments], cwd=self.dir, input=stdin, capture_output=True, text=True,
                              timeout=240, check=False)
        self.assertEqual(done.returncode, exits, done.stderr + done.stdout)
        return done

    def audit_json(self, *arguments, exits, stdin=None):
        return json.loads(self.audit(*arguments, "--format", "json", exits=exits, stdin=stdin).stdout)

    def test_refusals_are_told_with_call_action_program_count_and_time(self):
        self.write("dmesg.log", dmesg(1, 83) + dmesg(2, 83) + dmesg(3, 39, KILL, arch="40000003", sig=31) + dmesg(4, 84, LOG))
        text = self.audit("dmesg.log", exits=1).stdout
        self.assertEqual(text, """\
4 seccomp records of 3 calls in dmesg.log: 4 lines, 2023-11-14T22:13:20Z

refused
- mkdir on x86_64: refused with an errno, 2 times
        by  /srv/worker 2 times
        at  2023-11-14T22:13:20Z
- mkdir on i386: killed (the process), once
        by  /srv/worker once
        at  2023-11-14T22:13:20Z

logged
~ rmdir on x86_64: logged, and permitted, once
        by  /srv/worker once
        at  2023-11-14T22:13:20Z
""")

    def test_a_log_may_come_by_standard_input_and_be_empty_of_records(self):
        quiet = "[    0.1] Linux version 6.18\n"
        self.assertIn("no seccomp record in standard input: 1 line\n", self.audit(exits=0, stdin=quiet).stdout)
        self.audit("-", exits=1, stdin=dmesg(1, 83))
        # What dmesg gives to a person who may not read the kernel's log.
        self.assertIn("records are missing, so that this says nothing", self.audit("-", exits=3, stdin="").stdout)

    def test_what_is_missing_is_never_a_pass(self):
        lost = "[    1.0] audit: type=1130 audit(1700000000.001:1): pid=1\n[   2.0] audit: type=1130 audit(1700000000.002:9): pid=1\n"
        text = self.audit("-", exits=3, stdin=lost).stdout
        self.assertIn("7 numbers of audit events are missing: 2 to 8.", text)
        self.audit("--filtered", exits=0, stdin=lost)
        limited = "[    2.0] kauditd_printk_skb: 135 callbacks suppressed\n"
        self.assertIn("left 135 messages out", self.audit("--filtered", exits=3, stdin=limited).stdout)
        both = self.audit_json("-", exits=1, stdin=dmesg(1, 83) + limited)
        self.assertTrue(both["incomplete"])
        self.assertEqual(both["losses"], [{"cause": "rate-limit", "lines": 1, "count": 135}])

    def test_a_profile_explains_its_refusals_and_its_repair_is_proposed(self):
        self.write("p.json", PROFILE)
        self.write("a.log", dmesg(1, 83) + dmesg(2, 41) + dmesg(3, 0) + dmesg(4, 84, LOG))
        done = self.audit("a.log", "--profile", "p.json", "--propose", "new.json", exits=1)
        self.assertIn("rule  p.json:2 (default action)\n", done.stdout)
        self.assertIn("not p.json, which permits it (p.json:4)", done.stdout)
        self.assertIn("socket on x86_64: the rule at p.json:5 depends on its arguments", done.stdout)
        self.assertIn("p.json would refuse it with ERRNO(EPERM)", " ".join(done.stdout.split()))
        self.assertIn('+    {"names": ["close", "execve", "mkdir", "read", "rmdir", "write"]', done.stdout)
        self.assertEqual(self.read("new.json"), PROFILE.replace('"execve", "read", "write"', '"execve", "mkdir", "read", "rmdir", "write"'))
        self.assertEqual(self.read("p.json"), PROFILE)
        found = self.audit_json("a.log", "--profile", "p.json", exits=1)
        self.assertEqual([(call["syscall"], call["profile"]["kind"]) for call in found["calls"]],
                         [("read", "permitted"), ("socket", "by-profile"), ("mkdir", "by-profile"), ("rmdir", "would-refuse")])
        self.assertEqual(found["repair"]["added"], ["mkdir", "rmdir"])
        with open(self.path("repair.diff"), "w", encoding="utf-8") as file:
            file.write(found["repair"]["diff"])
        subprocess.run(["patch", "-p0", "-i", "repair.diff"], cwd=self.dir, check=True, capture_output=True)
        self.assertEqual(self.read("p.json"), self.read("new.json"))

    def test_what_was_logged_and_the_profile_permits_is_no_finding(self):
        self.write("p.json", PROFILE)
        self.audit("--profile", "p.json", exits=0, stdin=dmesg(1, 0, LOG))
        self.audit(exits=1, stdin=dmesg(1, 0, LOG))
        self.audit("--profile", "p.json", exits=1, stdin=dmesg(1, 0, ERRNO))

    def test_nothing_is_overwritten_unless_told_to(self):
        self.write("p.json", PROFILE)
        self.write("new.json", "mine")
        self.assertIn("--force", self.audit("-p", "p.json", "--propose", "new.json", exits=2, stdin=dmesg(1, 83)).stderr)
        self.assertIn("--force", self.audit("-o", "new.json", exits=2, stdin=dmesg(1, 83)).stderr)
        self.assertEqual(self.read("new.json"), "mine")
        self.audit("-p", "p.json", "--propose", "new.json", "--force", exits=1, stdin=dmesg(1, 83))
        self.assertIn("mkdir", self.read("new.json"))
        done = self.audit("-p", "p.json", "--propose", "none.json", exits=1, stdin=dmesg(1, 0))
        self.assertEqual(done.stderr, "nothing is proposed: 'none.json' is not written\n")
        self.assertFalse(os.path.exists(self.path("none.json")))

    def test_unusable_input_is_exit_code_2(self):
        self.assertIn("'missing.log'", self.audit("missing.log", exits=2).stderr)
        self.assertIn("is a directory", self.audit(".", exits=2).stderr)
        self.assertIn("--profile", self.audit("--propose", "x", exits=2, stdin="").stderr)
        self.write("bad.json", "{}")
        self.audit("-p", "bad.json", exits=2, stdin="")
        with gzip.open(self.path("audit.log.gz"), "wt") as file:
            file.write(dmesg(1, 83))
        self.assertIn("zcat FILE | callgate audit -", self.audit("audit.log.gz", exits=2).stderr)

    def test_a_record_in_several_logs_and_transports_counts_once(self):
        event = {"_TRANSPORT": "audit", "_BOOT_ID": "b", "_AUDIT_ID": "1", "_SOURCE_REALTIME_TIMESTAMP": "1700000000001000",
                 "MESSAGE": "SECCOMP " + fields(83)}
        kernel = {"_TRANSPORT": "kernel", "_BOOT_ID": "b", "MESSAGE": dmesg(1, 83)[15:].strip()}
        forged = {"_TRANSPORT": "stdout", "_BOOT_ID": "b", "MESSAGE": dmesg(2, 84)[15:].strip()}
        self.write("journal.json", "".join(json.dumps(entry) + "\n" for entry in (event, kernel, forged)))
        self.write("audit.log", f"type=SECCOMP msg=audit(1700000000.001:1): {fields(83)}\x1dARCH=x86_64 SYSCALL=mkdir\n")
        found = self.audit_json("journal.json", "audit.log", exits=1)
        self.assertEqual((found["records"]["count"], found["records"]["repeated"], found["records"]["foreign"]), (1, 2, 1))
        self.assertEqual([call["syscall"] for call in found["calls"]], ["mkdir"])

    def test_text_of_a_log_stays_text(self):
        hostile = "\x1b[31m`|\u202e".encode().hex().upper()
        for form in ("text", "json", "markdown"):
            shown = self.audit("--format", form, exits=1, stdin=dmesg(1, 83, exe=hostile) + "\x1b[2J\x00\n").stdout
            self.assertNotIn("\x1b", shown)
            self.assertNotIn("\u202e", shown)
            self.assertIn("[31m", shown)

    def test_a_long_log_takes_no_more_memory(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))
        if "asan" in BIN or "tsan" in BIN:
            self.skipTest("sanitizers reserve address space")
        process = subprocess.Popen([BIN, "audit", "--format", "json", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                   preexec_fn=limit)  # pylint: disable=subprocess-popen-preexec-fn
        total = 60000
        for serial in range(total):
            process.stdin.write(f"type=SECCOMP msg=audit(1700000{serial // 1000:03}.{serial % 1000:03}:{serial}): "
                                f"{fields(serial % 300, exe=f'{chr(34)}/srv/{serial}{chr(34)}')}\n")
        process.stdin.write("x" * (64 << 20))
        found = json.loads(process.communicate(timeout=240)[0])
        self.assertEqual(process.returncode, 1)
        self.assertEqual((found["records"]["count"], found["lines"], found["cut_lines"]), (total, total + 1, 1))
        self.assertEqual(sum(call["count"] for call in found["calls"]), total)
        self.assertEqual(sum(call["other_programs"] for call in found["calls"]), total - 10000)

    def test_real_logs_are_read(self):
        samples = os.path.join(SHARED, "data", "audit-samples.txt")
        if not os.path.exists(samples):
            self.skipTest(f"the collection of audit records is not there: {samples}")
        found = self.audit_json(samples, exits=1)
        # 28 records, of which the journal shows two by two ways.
        self.assertEqual((found["records"]["count"], found["records"]["repeated"], found["records"]["unreadable"]), (26, 2, 0))
        self.assertEqual(found["losses"], [{"cause": "rate-limit", "lines": 3, "count": 135 + 7221 + 7280}])
        self.assertEqual({call["arch"] for call in found["calls"]}, {"x86_64", "i386", "x32", "aarch64"})
        programs = {(p["exe"], p["comm"]) for call in found["calls"] for p in call["programs"]}
        self.assertIn(("/tmp/try/log probe", "my worker 1"), programs)


if __name__ == "__main__":
    unittest.main()
