"""`--hold`: a process that stands before a refused call, free for a debugger, and what becomes of it afterwards."""
import ctypes
import glob
import json
import os
import platform
import pty
import re
import select
import shutil
import signal
import subprocess
import time
import unittest
import uuid

from callgate_case import BIN, CallgateCase, alive, program

PROFILE = '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["getppid"], "action": "SCMP_ACT_ERRNO"}]}\n'
PRINTED = {"log": "good 3 bad 0 errno 0\n", "errno": "good 0 bad 3 errno 1\n"}
RETURNED = {"log": r"^[1-9]\d*$", "errno": "^-1 EPERM"}
PATIENCE = 30

PTRACE_GETREGS, PTRACE_DETACH, PTRACE_SEIZE = 12, 17, 0x4206
WALL = 0x40000000
RIP = 16  # of struct user_regs_struct, in words
SYSCALL = b"\x0f\x05"


def ptrace(request, pid, data=None):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    libc.ptrace.restype = ctypes.c_long
    if libc.ptrace(request, pid, None, data) != 0:
        raise OSError(ctypes.get_errno(), f"ptrace request {request:#x} on {pid}")


class Output:
    """What arrives at a descriptor."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.text = ""

    def until(self, pattern):
        """The match, which is taken out together with everything before it."""
        deadline = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.text)):
            if not self._more(deadline):
                raise AssertionError(f"no {pattern!r} in {self.text!r}")
        self.text = self.text[found.end():]
        return found

    def rest(self):
        deadline = time.monotonic() + PATIENCE
        while self._more(deadline):
            pass
        return self.text

    def _more(self, deadline):
        readable, _, _ = select.select([self.descriptor], [], [], max(0, deadline - time.monotonic()))
        if not readable:
            raise AssertionError(f"nothing more within {PATIENCE} s than {self.text!r}")
        try:
            chunk = os.read(self.descriptor, 65536)
        except OSError:  # EIO: nobody is left at the terminal
            chunk = b""
        self.text += chunk.decode()
        return chunk != b""


class Hold(CallgateCase):
    def setUp(self):
        super().setUp()
        self.marker = f"marker-{uuid.uuid4()}"
        self.environment = {**os.environ, "CALLGATE_TEST_MARKER": self.marker}
        self.write("p.json", PROFILE)
        self.addCleanup(lambda: [os.kill(pid, signal.SIGKILL) for pid, _ in alive(self.marker)])

    def words(self, mode, *command):
        return ["run", "--hold", "-p", "p.json", "-m", mode, "--json", "out.json", "--", program(command[0]),
                *command[1:]]

    def start(self, *words):
        """callgate without a terminal, and the process that it holds."""
        with open(self.path("printed"), "wb") as printed:
            process = subprocess.Popen([BIN, *words], cwd=self.dir, stdin=subprocess.DEVNULL, stdout=printed,
                                       stderr=subprocess.PIPE, env=self.environment, start_new_session=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        process.said = Output(process.stderr.fileno())
        held = int(process.said.until(r"gdb -p (\d+)\n")[1])
        self.assertEqual(process.said.until(r"To go on: (.*)\n")[1], f"kill -USR1 {process.pid}")
        return process, held

    def is_at_rest(self, pid):
        """Are all threads stopped, by nobody who traces them?"""
        for path in glob.glob(f"/proc/{pid}/task/*/status"):
            with open(path, encoding="utf-8") as file:
                status = file.read()
            if not re.search(r"^State:\tT ", status, re.M) or not re.search(r"^TracerPid:\t0$", status, re.M):
                return False
        return True

    def stands(self, pid):
        return any(found == pid for found, _ in alive(self.marker))

    def go_on(self, process):
        process.send_signal(signal.SIGUSR1)
        process.said.rest()
        return process.wait(timeout=PATIENCE)

    def case(self):
        return json.loads(self.read("out.json"))["cases"][0]

    def check_refusals(self, mode, count):
        case = self.case()
        self.assertEqual([(total["syscall"], total["count"]) for total in case["refused"]], [("getppid", count)])
        self.assertEqual((case["mode"], case["outcome"]), (mode, "violated"))
        self.assertRegex(case["violations"][0].get("returned", ""), RETURNED[mode])

    def seize(self, pid):
        ptrace(PTRACE_SEIZE, pid)
        _, status = os.waitpid(pid, WALL)
        self.assertTrue(os.WIFSTOPPED(status))

    def test_all_threads_stand_still_untraced_and_afterwards_all_is_as_without(self):
        for mode in PRINTED:
            for command, count in ((("calls", "3"), 3), (("threads", "4", "50"), 200)):
                with self.subTest(mode=mode, command=command):
                    process, held = self.start(*self.words(mode, *command))
                    self.wait_for("every thread at rest", lambda: self.is_at_rest(held))
                    self.assertEqual(self.go_on(process), 1)
                    self.check_refusals(mode, count)
                    if command[0] == "calls":
                        self.assertEqual(self.read("printed"), PRINTED[mode])

    @unittest.skipUnless(shutil.which("gdb"), "gdb is not installed")
    def test_gdb_finds_it_before_the_call_and_leaves_it_there(self):
        for mode in PRINTED:
            with self.subTest(mode=mode):
                process, held = self.start(*self.words(mode, "calls", "3"))
                gdb = subprocess.run(["gdb", "-nx", "-p", str(held), "-batch", "-ex", "bt", "-ex", "x/i $pc", "-ex",
                                      "detach"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                     timeout=120, check=False)
                self.assertRegex(gdb.stdout, r"(?m)^#\d+ .*\bmain\b")
                if platform.machine() == "x86_64":
                    self.assertRegex(gdb.stdout, r"(?m)^=> .*\bsyscall *$")
                self.wait_for("the process at rest after gdb", lambda: self.is_at_rest(held))
                self.assertEqual(self.go_on(process), 1)
                self.check_refusals(mode, 3)
                self.assertEqual(self.read("printed"), PRINTED[mode])

    def test_what_a_debugger_still_traces_is_not_taken_back(self):
        process, held = self.start(*self.words("errno", "calls", "3"))
        self.seize(held)
        if platform.machine() == "x86_64":
            registers = (ctypes.c_ulonglong * 32)()
            ptrace(PTRACE_GETREGS, held, ctypes.addressof(registers))
            with open(f"/proc/{held}/mem", "rb", buffering=0) as memory:
                memory.seek(registers[RIP])
                self.assertEqual(memory.read(len(SYSCALL)), SYSCALL)
        for _ in range(2):
            process.send_signal(signal.SIGUSR1)
            process.said.until(f"process {held} is still traced by another; detach that first")
            process.said.until(f"kill -USR1 {process.pid}\n")
        ptrace(PTRACE_DETACH, held)
        self.assertEqual(self.go_on(process), 1)
        self.check_refusals("errno", 3)
        self.assertEqual(self.read("printed"), PRINTED["errno"])

    def test_enter_at_the_terminal_lets_it_go_on(self):
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.dir)
            os.execve(BIN, [BIN, *self.words("errno", "calls", "3")], self.environment)
        self.addCleanup(os.close, terminal)
        said = Output(terminal)
        held = int(said.until(r"gdb -p (\d+)\r\n")[1])
        said.until(rf"To go on: press Enter, or kill -USR1 {pid}\r\n")
        self.wait_for("the process at rest", lambda: self.is_at_rest(held))
        os.write(terminal, b"\n")
        said.until(PRINTED["errno"].strip())
        said.rest()
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 1)
        self.check_refusals("errno", 3)

    def test_however_callgate_ends_while_it_holds_nobody_is_left(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)):
            with self.subTest(signal=number):
                process, _ = self.start(*self.words("log", "threads", "4", "50"))
                process.send_signal(number)
                process.said.rest()
                self.assertEqual(process.wait(timeout=PATIENCE), status)
                self.wait_for("nobody left", lambda: not alive(self.marker))
                if status > 0:
                    self.assertEqual(self.case()["refused"][0]["syscall"], "getppid")

    def test_that_a_held_process_did_not_stand_still_is_told(self):
        for number in (signal.SIGCONT, signal.SIGKILL):
            with self.subTest(signal=number):
                process, held = self.start(*self.words("log", "calls", "3"))
                self.wait_for("the process at rest", lambda: self.is_at_rest(held))
                os.kill(held, number)
                self.wait_for("it is gone", lambda: not self.stands(held))
                self.assertEqual(self.go_on(process), 1)
                self.assertIn(f"not everything could be seen: process {held} was held and did not stand still: what it was "
                              "refused meanwhile was not seen", self.case()["reasons"])

    def test_an_interrupt_ends_what_a_debugger_traces_too(self):
        process, held = self.start(*self.words("log", "calls", "3"))
        self.seize(held)
        process.send_signal(signal.SIGINT)
        _, status = os.waitpid(held, WALL)
        self.assertTrue(os.WIFSIGNALED(status))
        process.said.rest()
        self.assertEqual(process.wait(timeout=PATIENCE), 130)
        self.wait_for("nobody left", lambda: not alive(self.marker))

    def test_who_cannot_be_held_runs_on(self):
        self.write("p.json", PROFILE.replace("getppid", "time"))
        done = subprocess.run([program("vsyscall"), "3"], capture_output=True, text=True, check=False)
        if done.returncode == 77:
            self.skipTest(done.stdout)
        held = self.callgate(*self.words("log", "vsyscall", "3"), exits=1)
        self.assertNotIn("gdb -p", held.stderr)
        self.assertEqual(held.stdout, done.stdout)
        self.assertEqual(self.case()["refused"][0]["count"], 3)

    def test_a_case_of_a_report_can_be_held(self):
        self.callgate("run", "-p", "p.json", "-m", "errno", "--json", "out.json", "--", program("calls"), "3", exits=1)
        process, held = self.start("repro", "--hold", "out.json", "1")
        self.wait_for("the process at rest", lambda: self.is_at_rest(held))
        process.send_signal(signal.SIGUSR1)
        process.said.until("reproduced: violated again, with the same refusals: getppid\n")
        self.assertEqual(process.wait(timeout=PATIENCE), 1)
        self.assertEqual(self.read("printed"), PRINTED["errno"])

    def test_where_nobody_can_be_held_that_is_said_before_anything_runs(self):
        for arguments, exits, said in ((("-m", "enforce"), 2, "--hold: in enforce mode the kernel refuses by itself"),
                                       (("--trap", "notify"), 3, "hold it with `--trap ptrace`")):
            with self.subTest(arguments=arguments):
                done = self.callgate("run", "--hold", "-p", "p.json", *arguments, "--", "touch", "launched", exits=exits)
                self.assertIn(said, " ".join(done.stderr.split()))
                self.assertFalse(os.path.exists(self.path("launched")))


if __name__ == "__main__":
    unittest.main()
