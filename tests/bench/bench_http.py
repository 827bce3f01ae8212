"""The client of `http` steps beside wrk, on the same nginx: it must not be what limits a load."""
import json
import os
import re
import subprocess

from bench_common import NotHere, Row, Table, Target, command_output, free_port, processor_time, wait_until
from bench_servers import NGINX, Nginx

TOOLS = (NGINX, "wrk")
CONNECTIONS = 16
PLAN = """version: 1
name: http-bench
workload:
  command: [sleep, "600"]
  stop: {{signal: SIGTERM, within: 5s, expect: {{signal: SIGTERM}}}}
profile: {profile}
modes: [enforce]
scenarios:
  - name: load
    steps:
      - http: {{url: "{url}", for: {seconds}s, connections: {connections}}}
"""


def wrk(url, seconds):
    """How many requests, and how long they took."""
    printed = command_output(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", url])
    count, unit, duration = re.search(r"(\d+) requests in ([\d.]+)(m?s)", printed).group(1, 3, 2)
    return int(count), float(duration) * (1e-3 if unit == "ms" else 1)


def callgate(bench, plan):
    """The same of the step in the plan."""
    out = bench.path("out")
    command_output([bench.callgate, "test", plan, "--out", out])
    with open(os.path.join(out, "run.json"), encoding="utf-8") as file:
        steps = [step for case in json.load(file)["cases"] if case["scenario"] == "load" for step in case["steps"]]
    figures = {metric["name"]: metric["value"] for metric in steps[0]["metrics"]}
    if figures["errors"]:
        raise NotHere(f"{figures['errors']} requests failed: {steps[0]['message']}")
    return figures["requests"], figures["requests"] / figures["requests_per_second"]


def measure(bench):
    seconds = bench.amount(3)
    server = Nginx(bench.directory, free_port())
    plan = bench.path("http.yaml")
    with open(plan, "w", encoding="utf-8") as file:
        file.write(PLAN.format(profile=bench.profile("everything.json", "SCMP_ACT_ALLOW", "SCMP_ACT_ALLOW", []),
                               url=server.url, seconds=seconds, connections=CONNECTIONS))
    ways = {"wrk": lambda: wrk(server.url, seconds), "callgate": lambda: callgate(bench, plan)}
    processor = {name: [] for name in ways}

    def each(name):
        """Requests per second; those per second of the client's processor time go to `processor`."""
        before = processor_time()
        count, duration = ways[name]()
        processor[name].append(count / (processor_time() - before))
        return count / duration

    # pylint: disable-next=consider-using-with
    process = subprocess.Popen(server.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(server.answers, 20, "nginx answers")
        clock = bench.interleave({name: lambda name=name: each(name) for name in ways})
    finally:
        server.stop()
        process.wait(timeout=30)
    processor = {name: figures[1:] for name, figures in processor.items()}  # without the turn before the rounds
    wanted = {"callgate": Target(0.7, at_least=True)}
    rows = [Row(f"{name}{what}", figures[name], figures["wrk"], wanted.get(name))
            for what, figures in ((" by the clock", clock), (" per second of its processor time", processor)) for name in ways]
    return [Table("The client of http steps", "requests/s", "of wrk", rows, f"""
nginx with one worker and an answer of six bytes, asked over {CONNECTIONS} keep-alive connections by one thread of either client, for {seconds} s
in turn. The processor time of callgate is that of the whole command: reading the plan, the workload and its keeper, the reports.""")]
