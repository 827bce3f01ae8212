"""What each recorder says that real programs called, against `strace -f` over the same: the same set, the same counts.

Where they differ by design: `strace -c` does not count what never returns (exit_group), which is why its log is counted
here; strace sees calls that a filter of the program's own answers, the recorder does not; the recorder sees children
made with CLONE_UNTRACED and calls on the vsyscall page, strace does not. How often a program waits or retries (futex),
or finds a thread's stack to use again, is its luck: there is one thread here."""
import collections
import contextlib
import functools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

RUN_RECORDED = os.environ["CALLGATE_RUN_RECORDED"]
NGINX = "/usr/sbin/nginx"
SECONDS = 120
ENVIRONMENT = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1"}
SKIPPED = 77
# How often these are made depends on who is scheduled when.
BY_LUCK = {"futex", "sched_yield", "restart_syscall", "rt_sigreturn"}
PYTHON = """
import json, subprocess, threading
thread = threading.Thread(target=lambda: open("/etc/passwd").read())
thread.start()
thread.join()
for _ in range(3): subprocess.run(["/bin/true"])
"""
NGINX_CONFIG = """pid {dir}/nginx.pid; error_log {dir}/error.log; worker_processes 2; events {{}}
http {{ access_log {dir}/access.log; client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi; uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
    server {{ listen 127.0.0.1:{port}; root /usr/share; }} }}
"""


@functools.cache
def works():
    """The recorders that work here; all must where CALLGATE_REQUIRE_KERNEL is set."""
    found = []
    for recorder in ("bpf", "ptrace"):
        tried = subprocess.run([RUN_RECORDED, recorder, os.devnull, "/bin/true"], stderr=subprocess.PIPE, text=True, check=False)
        if tried.returncode != SKIPPED or "CALLGATE_REQUIRE_KERNEL" in os.environ:
            found.append(recorder)
    return found


def without_luck(counts):
    return {name: count for name, count in counts.items() if name not in BY_LUCK}


class Watched:
    """The same command under the one and the other; `drive` is called with it while it runs."""

    def __init__(self, directory):
        self.output = os.path.join(directory, "output")

    def run(self, words, drive):
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   start_new_session=True, env=ENVIRONMENT)
        try:
            drive()
            _, errors = process.communicate(timeout=SECONDS)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise
        if process.returncode != 0:
            raise AssertionError(f"{words[0]} ended with {process.returncode}: {errors.decode()[-500:]}")

    def recorded(self, recorder, command, drive=lambda: None):
        self.run([RUN_RECORDED, recorder, self.output, *command], drive)
        counts = collections.Counter()
        with open(self.output, encoding="utf-8") as file:
            for line in file:
                count, _, name, _ = line.split(maxsplit=3)
                counts[name] += int(count)
        return counts

    def straced(self, command, drive=lambda: None):
        self.run(["strace", "-f", "-qq", "-e", "signal=none", "-o", self.output, *command], drive)
        counts = collections.Counter()
        with open(self.output, encoding="utf-8", errors="replace") as file:
            for line in file:
                entered = re.match(r"(?:\d+ +)?([a-z0-9_]+)\(", line)
                if entered:
                    counts[entered.group(1)] += 1
        return counts


class AgainstStrace(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="callgate-recorder.")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        os.chmod(self.directory, 0o755)  # nginx's workers are another user
        self.watched = Watched(self.directory)

    def check_counts(self, command):
        if not os.path.exists(command[0]):
            self.skipTest(f"no {command[0]}")
        straced = self.watched.straced(command)
        for recorder in works():
            with self.subTest(recorder=recorder):
                recorded = self.watched.recorded(recorder, command)
                self.assertGreater(sum(recorded.values()), 50)
                self.assertEqual(without_luck(recorded), without_luck(straced))

    def test_python_with_threads_and_children(self):
        self.check_counts(["/usr/bin/python3", "-c", PYTHON])

    def test_a_shell_and_its_children(self):
        self.check_counts(["/bin/sh", "-c", "ls / | sort | head -n 3; for i in 1 2 3; do (cd /; /bin/true); done"])

    def test_git(self):
        self.check_counts(["/usr/bin/git", "--version"])

    def nginx(self, name):
        """The command of an nginx in a new directory, and what makes it answer and end."""
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        directory = os.path.join(self.directory, name)
        os.mkdir(directory)
        config = os.path.join(directory, "nginx.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(NGINX_CONFIG.format(dir=directory, port=port))

        def drive():
            deadline = time.monotonic() + 60
            answered = 0
            while answered < 20:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/common-licenses/BSD", timeout=20):
                        answered += 1
                except OSError:
                    if time.monotonic() > deadline:
                        raise
            with open(os.path.join(directory, "nginx.pid"), encoding="utf-8") as file:
                os.kill(int(file.read()), signal.SIGQUIT)

        return [NGINX, "-e", "stderr", "-p", directory, "-c", config, "-g", "daemon off;"], drive

    def test_nginx_the_set(self):
        if not os.path.exists(NGINX):
            self.skipTest(f"no {NGINX}")
        straced = self.watched.straced(*self.nginx("straced"))
        for recorder in works():
            with self.subTest(recorder=recorder):
                recorded = self.watched.recorded(recorder, *self.nginx(recorder))
                self.assertEqual(set(without_luck(recorded)), set(without_luck(straced)))
                for name in ("execve", "clone", "bind", "listen", "setuid", "setgid", "prctl", "exit_group"):
                    self.assertEqual((name, recorded[name]), (name, straced[name]))


if __name__ == "__main__":
    if shutil.which("strace") is None:
        print("skipped: no strace here")
        sys.exit(SKIPPED)
    if not works():
        print("skipped: nothing here can record")
        sys.exit(SKIPPED)
    unittest.main()
