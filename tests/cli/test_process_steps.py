"""Steps on real processes: signals and what follows, collections, pressure; and the scenarios of the library made of them."""
import json
import os
import select
import shutil
import signal
import subprocess
import time
import unittest

from callgate_case import BIN, SOURCE, CallgateCase

PAGES = os.path.join(SOURCE, "tests", "cli", "workloads", "pages.py")
NGINX = "/usr/sbin/nginx"
NGINX_CONF = """
worker_processes 2;
error_log stderr notice;
pid nginx.pid;
events { worker_connections 64; }
http {
    access_log access.log;
    client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
    server { listen 127.0.0.1:${port.http}; location / { return 200 "hello"; } }
}
"""
URL = "http://127.0.0.1:${port.http}"


class ProcessSteps(CallgateCase):
    def plan(self, command, scenarios, files=(), **workload):
        """Plays scenarios without a profile."""
        self.write("allow.json", '{"defaultAction": "SCMP_ACT_ALLOW"}')
        plan = {"version": 1, "name": "steps", "profile": "allow.json", "modes": ["baseline"], "scenarios": scenarios,
                "workload": {"command": command, "ports": ["http", "inspector"], "files": list(files), **workload}}
        self.write("plan.yaml", json.dumps(plan))

    def pages(self, scenarios, exits=0, files=(), **workload):
        self.pages_plan(scenarios, files, **workload)
        return self.results(exits)

    def pages_plan(self, scenarios, files=(), **workload):
        self.plan(["/usr/bin/python3", "-B", PAGES, "${port.http}"], scenarios, files,
                  ready={"http": URL + "/", "within": "30s"}, **workload)

    def nginx(self, scenarios, exits=0):
        self.plan([NGINX, "-e", "stderr", "-p", "${workdir}", "-c", "nginx.conf", "-g", "daemon off;"], scenarios,
                  [{"path": "nginx.conf", "text": NGINX_CONF}], ready={"http": URL + "/", "within": "30s"},
                  stop={"signal": "SIGQUIT", "expect": {"exit": 0}})
        return self.results(exits)

    def results(self, exits):
        """Scenario -> its case, and the steps of all by name."""
        self.callgate("test", "plan.yaml", exits=exits)
        cases = {case["scenario"]: case for case in self.run_json()["cases"]}
        return cases, {step["name"]: step for case in cases.values() for step in case["steps"]}

    @staticmethod
    def shows(page, text):
        return {"http": {"url": URL + page, "expect": {"body": {"contains": text}}}}

    @staticmethod
    def metric(step, name):
        return {metric["name"]: metric["value"] for metric in step["metrics"]}[name]

    @staticmethod
    def use(name, **parameters):
        return {"use": name, "with": {"url": URL + "/", **parameters}}


@unittest.skipUnless(os.path.exists(NGINX), "nginx is not installed")
class Signals(ProcessSteps):
    def test_a_killed_worker_is_replaced_and_logs_are_reopened(self):
        cases, steps = self.nginx([
            self.use("crash-of-a-worker", worker="nginx: worker process", times=2),
            self.use("log-reopen"),
            {"name": "storm", "steps": [
                {"signal": {"send": "SIGHUP", "rate": 20, "for": "500ms", "expect": {"running": True, "ready": True}}}]},
            {"name": "fds", "steps": [{"signal": {"send": "SIGWINCH", "to": {"name": "nginx: w*"}, "expect": {"gone": True}}}]},
        ], exits=1)
        for name in ("crash-of-a-worker", "log-reopen", "storm"):
            self.assertEqual(cases[name]["outcome"], "passed", cases[name])
        self.assertEqual(self.metric(steps["signal SIGHUP for 500ms"], "signals"), 10)
        # Without a daemon nginx does not drain its workers at SIGWINCH: they are there still.
        self.assertEqual(cases["fds"]["outcome"], "expectation-missed")
        self.assertRegex(cases["fds"]["reasons"][0],
                         r"nginx: worker process\[\d+\], nginx: worker process\[\d+\] not gone within 5s after SIGWINCH")

    def test_a_log_that_is_not_reopened_is_seen(self):
        cases, _ = self.nginx([self.use("log-reopen", signal="SIGURG", within="300ms")], exits=1)
        self.assertIn("access.log did not appear within 300ms after SIGURG", cases["log-reopen"]["reasons"][0])

    def test_few_descriptors_are_survived(self):
        cases, _ = self.nginx([self.use("fd-exhaustion", **{"for": "1s"}), self.use("load", **{"for": "200ms"})])
        self.assertEqual({case["outcome"] for case in cases.values()}, {"passed"})


class Collections(ProcessSteps):
    def test_collections_by_a_page_are_timed_and_the_environment_is_the_scenarios(self):
        cases, steps = self.pages([
            self.use("gc-pressure-go", gc=URL + "/collected?GOGC=7", gogc=7, times=5, within="20s"),
            self.use("gc-pressure-python", gc=URL + "/collected?PYTHONMALLOC=malloc", times=5, within="20s"),
            self.use("gc-pressure-native", url=URL + "/collected?MALLOC_ARENA_MAX=3", arenas=3, **{"for": "300ms"}),
        ])
        self.assertEqual({case["outcome"] for case in cases.values()}, {"passed"})
        self.assertIn("gc-pressure-go: startup", cases)
        collected = [step for name, step in steps.items() if name.startswith("gc ")]
        self.assertEqual(self.metric(collected[0], "collections"), 5)
        self.assertGreater(self.metric(collected[0], "latency_p50_ms"), 0)

    def test_a_slow_collection_fails_with_how_long_it_took(self):
        cases, _ = self.pages([{"name": "slow", "steps": [
            {"gc": {"url": URL + "/gc?0.7", "times": 3, "expect": {"within": "500ms"}}}]}], exits=1)
        self.assertRegex(cases["slow"]["reasons"][0], r"collection 1 of 3 took \d+ ms, wanted: within 500ms")

    @unittest.skipUnless(shutil.which("node"), "Node.js is not installed")
    def test_node_collects_by_its_inspector(self):
        server = "require('http').createServer((q, r) => r.end('hello')).listen(+process.argv[1], '127.0.0.1')"
        self.plan(["node", "-e", server, "${port.http}"], [
            self.use("gc-pressure-nodejs", inspector="${port.inspector}", times=5, within="20s")],
            ready={"http": URL + "/", "within": "30s"})
        _, steps = self.results(0)
        self.assertEqual(self.metric(steps["gc inspector"], "collections"), 5)

    @unittest.skipUnless(shutil.which("java") and shutil.which("jcmd"), "no JDK is installed")
    def test_a_jvm_collects_by_jcmd(self):
        server = """
            import com.sun.net.httpserver.*; import java.net.*;
            public class Server { public static void main(String[] a) throws Exception {
                var s = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(a[0])), 0);
                s.createContext("/", e -> { e.sendResponseHeaders(200, 2); e.getResponseBody().write(new byte[2]); e.close(); });
                s.start(); } }"""
        self.plan(["java", "Server.java", "${port.http}"], [
            self.use("gc-pressure-jvm", options="-XX:+UseSerialGC -Xmx96m", times=2, within="30s")],
            [{"path": "Server.java", "text": server}], ready={"http": URL + "/", "within": "60s"},
            stop={"expect": {"exit": 143}})
        _, steps = self.results(0)
        self.assertEqual(self.metric(steps["gc jcmd GC.run"], "collections"), 2)


class Ends(ProcessSteps):
    def test_a_stop_waits_for_a_download_that_is_under_way(self):
        """The server ends when its requests have; parallel sides: one downloads, the other tells it to stop."""
        stop = {"signal": {"send": "SIGTERM", "expect": {"exits": 7, "within": "20s"}}}
        cases, steps = self.pages([{"name": "drain", "steps": [{"parallel": [
            {"http": {"url": URL + "/slow", "count": 2, "connections": 2, "timeout": "20s"}},
            [{"sleep": "500ms"}, stop]]}]}], exits=1)
        self.assertEqual(steps[next(name for name in steps if name.endswith("/slow"))]["outcome"], "passed")
        # It waited, and the status is not the wanted one.
        self.assertGreater(steps["signal SIGTERM"]["duration_ms"], 500)
        self.assertIn("the workload exited with 0 after SIGTERM, wanted: exited with 7 within 20s",
                      "\n".join(cases["drain"]["reasons"]))

    def test_the_workload_is_started_again(self):
        scenarios = [self.use("graceful-shutdown", url=URL + "/slow"), {"use": "restart", "with": {"times": 2}}]
        cases, _ = self.pages(scenarios)
        self.assertEqual({case["outcome"] for case in cases.values()}, {"passed"})

    def test_a_workload_that_is_started_again_must_have_ended_as_its_stop_wants(self):
        stop = {"signal": "SIGTERM", "expect": {"exit": 5}}
        cases, _ = self.pages([{"name": "again", "steps": [{"restart": {}}]},
                               {"name": "after", "steps": [self.shows("/", "")]}], exits=1, stop=stop)
        self.assertEqual(["step 'restart SIGTERM': after SIGTERM the workload exited with 0, wanted: exited with 5"],
                         cases["again"]["reasons"])
        self.assertEqual("passed", cases["after"]["outcome"])


@unittest.skipUnless(os.geteuid() == 0, "only root may limit another process's memory or mount")
class Pressure(ProcessSteps):
    def get(self, page, status=200):
        return {"http": {"url": f"{URL}{page}", "expect": {"status": [status]}}}

    def fails_and_recovers(self, pressure, page, status=500, **workload):
        """Under pressure a page gives an error, afterwards it does not."""
        return self.pages([{"name": "short", "steps": [
            self.get(page), {"pressure": {**pressure, "do": [self.get(page, status)]}}, self.get(page)]}], **workload)

    def test_a_full_disk(self):
        self.fails_and_recovers({"disk": "data"}, "/write", files=[{"path": "data", "tmpfs": "1MiB"}])
        with open("/proc/self/mounts", encoding="utf-8") as mounts:
            self.assertNotIn("callgate ", mounts.read())

    def test_no_more_processes(self):
        self.fails_and_recovers({"processes": {"leave": 10}}, "/fork?20")

    def test_no_more_descriptors(self):
        # Connections that are about to be closed give some back.
        self.fails_and_recovers({"files": {"leave": 10}}, "/open?20")

    def test_memory_runs_out(self):
        _, steps = self.pages([
            {"name": "enough", "steps": [{"pressure": {"memory": "96MiB", "do": [self.get("/alloc?16")]}}]},
            {"name": "killed", "steps": [{"pressure": {"memory": "24MiB", "do": [self.get("/alloc?64")]}}]}], exits=1)
        self.assertEqual(self.metric(steps["pressure memory 96MiB"], "oom_kills"), 0)
        self.assertEqual(self.metric(steps["pressure memory 24MiB"], "oom_kills"), 1)
        self.assertNotEqual(steps["pressure memory 24MiB"]["outcome"], "passed")

    def test_processor_time_is_short_and_the_priority_is_given_back(self):
        _, steps = self.pages([{"name": "busy", "steps": [
            {"pressure": {"cpu": 2, "nice": 10, "do": [self.shows("/nice", "nice 10")]}}, self.shows("/nice", "nice 0")]}])
        self.assertEqual(steps["pressure nice 10, cpu 2"]["outcome"], "passed")

    def test_scenarios_of_the_library_under_pressure(self):
        cases, _ = self.pages([self.use("memory-pressure", **{"for": "1s", "memory": "64MiB"}),
                               self.use("fd-exhaustion", **{"for": "1s"})])
        self.assertEqual({case["outcome"] for case in cases.values()}, {"passed"})

    def test_everything_is_put_back_when_the_user_interrupts(self):
        self.pages_plan([{"name": "short", "steps": [{"pressure": {
            "memory": "64MiB", "files": {"leave": 9}, "disk": "data", "do": [{"sleep": "60s"}]}}]}],
            [{"path": "data", "tmpfs": "1MiB"}])
        process = subprocess.Popen([BIN, "test", "plan.yaml"], cwd=self.dir, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.kill)

        def groups():
            return [path for path, _, _ in os.walk("/sys/fs/cgroup") if f"/callgate-{process.pid}-" in path]

        def mounts():
            with open("/proc/self/mounts", encoding="utf-8") as file:
                return [line.split()[1] for line in file if line.startswith("callgate ")]

        deadline = time.monotonic() + 60
        while not (groups() and any(os.path.exists(os.path.join(at, "callgate-filler")) for at in mounts())):
            self.assertLess(time.monotonic(), deadline, "the pressure did not begin")
            select.select([], [], [], 0.05)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), 130)
        self.assertEqual((groups(), mounts()), ([], []))


if __name__ == "__main__":
    unittest.main()
