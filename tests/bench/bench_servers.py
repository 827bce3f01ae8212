"""Throughput of servers that are refused nothing: the price of being watched."""
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import urllib.request

from bench_common import NotHere, Row, Table, Target, command_output, free_port, wait_until

NGINX = "/usr/sbin/nginx"
NGINX_CONFIG = """pid {dir}/nginx.pid;
error_log {dir}/error.log;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    access_log off;
    keepalive_requests 100000000;
    client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
    server {{ listen 127.0.0.1:{port}; location / {{ return 200 "hello\\n"; }} }}
}}
"""


class Nginx:
    title = "nginx, one worker, 16 keep-alive connections"
    method = "nginx is loaded by `wrk -t1 -c16`."
    tools = (NGINX, "wrk", "strace")

    def __init__(self, directory, port):
        self.directory = directory
        self.url = f"http://127.0.0.1:{port}/"
        config = os.path.join(directory, "nginx.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(NGINX_CONFIG.format(dir=directory, port=port))
        self.command = [NGINX, "-e", "stderr", "-p", directory, "-c", config, "-g", "daemon off;"]

    def answers(self):
        try:
            with urllib.request.urlopen(self.url, timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    def load(self, scale):
        printed = command_output(["wrk", "-t1", "-c16", f"-d{max(1, round(2 * scale))}s", self.url])
        return float(re.search(r"Requests/sec:\s+([\d.]+)", printed).group(1))

    def stop(self):
        with contextlib.suppress(OSError, ValueError):  # it may never have started
            with open(os.path.join(self.directory, "nginx.pid"), encoding="utf-8") as file:
                os.kill(int(file.read()), signal.SIGQUIT)


class Redis:
    title = "Redis, 16 connections, SET and GET without pipelining"
    method = ("Redis is loaded by `redis-benchmark -c 16 -P 1 -t set,get`; the figure is the harmonic mean of the two rates, "
              "that is, all requests by all the time.")
    tools = ("redis-server", "redis-benchmark", "redis-cli", "strace")

    def __init__(self, directory, port):
        self.port = str(port)
        self.command = ["redis-server", "--bind", "127.0.0.1", "--port", self.port, "--dir", directory, "--save", "",
                        "--appendonly", "no"]

    def answers(self):
        done = subprocess.run(["redis-cli", "-p", self.port, "ping"], capture_output=True, text=True, check=False)
        return done.stdout.strip() == "PONG"

    def load(self, scale):
        printed = command_output(["redis-benchmark", "-p", self.port, "-c", "16", "-P", "1", "-n",
                                  str(max(2000, int(80_000 * scale))), "-t", "set,get", "--csv"])
        rates = [float(rate) for rate in re.findall(r'^"(?:SET|GET)","([\d.]+)"', printed, re.MULTILINE)]
        if len(rates) != 2:
            raise NotHere(f"redis-benchmark printed no two rates: {printed.strip()[-200:]}")
        return 2 / sum(1 / rate for rate in rates)

    def stop(self):
        subprocess.run(["redis-cli", "-p", self.port, "shutdown", "nosave"], capture_output=True, check=False)


def throughput(bench, kind, before, scale, rehearsed=False):
    """Requests per second of a server that is started behind the words `before`. `rehearsed`: these start it twice, and what
    is measured is the second time."""
    directory = tempfile.mkdtemp(dir=bench.directory)
    os.chmod(directory, 0o755)  # nginx's worker is another user
    server = kind(directory, free_port())
    process = subprocess.Popen([*before, *server.command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(server.answers, 20, f"{server.command[0]} answers behind {' '.join(before)}")
        if rehearsed:
            server.load(scale / 10)
            server.stop()
            wait_until(lambda: not server.answers(), 20, f"{server.command[0]} has ended")
            wait_until(server.answers, 20, f"{server.command[0]} answers for the second time")
        return server.load(scale)
    finally:
        server.stop()  # by itself: killing strace would leave it running
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(directory, ignore_errors=True)


def allow_list(bench, kind):
    """A profile under which the server is refused nothing: all that log mode refuses it under an empty one."""
    empty = bench.profile("empty.json", "SCMP_ACT_ERRNO", "SCMP_ACT_ALLOW", [])
    throughput(bench, kind, bench.under("log", empty), 0)
    return bench.profile(kind.__name__ + ".json", "SCMP_ACT_ERRNO", "SCMP_ACT_ALLOW", bench.refused())


def measure_server(bench, kind):
    profile = allow_list(bench, kind)

    def watched(trap):
        figure = throughput(bench, kind, bench.under("log", profile, trap), bench.scale)
        bench.expect()
        return figure

    ways = {"native, no filter": lambda: throughput(bench, kind, [], bench.scale),
            "same filter, no tracer": lambda: throughput(bench, kind, bench.under("enforce", profile), bench.scale)}
    watching = {f"log mode, {trap}": lambda trap=trap: watched(trap) for trap in bench.traps}
    ways |= watching
    ways["strace -f"] = lambda: throughput(bench, kind, ["strace", "-f", "-o", "/dev/null"], bench.scale)
    figures = bench.interleave(ways)
    with open(profile, encoding="utf-8") as file:
        permitted = len(json.load(file)["syscalls"][0]["names"])
    rows = [Row(name, figures[name], figures["same filter, no tracer"], Target(0.97, at_least=True) if name in watching else None)
            for name in ways]
    return [Table(kind.title, "requests/s", "of the same filter", rows, f"""
{kind.method} The profile is an allow list of {permitted} names under which nothing is refused: what is measured is the price of
being watched. `strace -f` stops at every call; callgate stops only where the filter refuses.""")]
