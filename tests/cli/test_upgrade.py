"""The upgrade story: a profile is recorded, the workload changes, and the drift names exactly what is other, and why."""
import json
import os
import re
import shutil
import unittest

from callgate_case import CallgateCase

SERVER = os.environ["DEMO_SERVER"]
NGINX_CONF = """daemon off;
worker_processes 1;
pid ${workdir}/nginx.pid;
error_log stderr notice;
events {}
http {
  access_log off;
  sendfile %s;
  client_body_temp_path ${workdir}/body;
  proxy_temp_path ${workdir}/proxy;
  fastcgi_temp_path ${workdir}/fastcgi;
  uwsgi_temp_path ${workdir}/uwsgi;
  scgi_temp_path ${workdir}/scgi;
  server { listen 127.0.0.1:${port.http}; root ${workdir}/html; }
}
"""


class Upgrade(CallgateCase):
    def drift(self, exits=1):
        """{(sign, call): [causes]}"""
        said = self.callgate("record", "--out", "profile.json", "--against", "profile.lock.json", "plan.yaml",
                             env=self.env, exits=exits).stdout
        found = {}
        for line in said.splitlines():
            if match := re.fullmatch(r"([+-]) (\w+) on \w+", line):
                causes = found.setdefault(match.groups(), [])
            elif line.startswith("      "):
                causes.append(line.strip())
        return found

    def record(self, *arguments):
        return self.callgate("record", "--out", "profile.json", *arguments, "plan.yaml", env=self.env).stdout

    def test_of_the_demo_server(self):
        shutil.copy(SERVER, self.path("server"))
        self.write("plan.yaml", json.dumps({
            "version": 1, "name": "server", "profile": "profile.json",
            "workload": {
                "command": [self.path("server"), "--http=${port.http}", "--https=${port.https}", "--workers=1",
                            "--certificate=tls/cert.pem", "--key=tls/key.pem", "--state=state",
                            "--version=${env.DEMO_RELEASE}"],
                "ports": ["http", "https"],
                "files": [{"path": "tls", "certificate": "localhost"}, {"path": "state", "directory": True}],
                "ready": {"http": "http://127.0.0.1:${port.http}/", "within": "10s"},
                "stop": {"signal": "SIGTERM", "within": "10s", "expect": {"exit": 0}}},
            "scenarios": [{"name": "pages", "steps": [
                {"http": {"url": "https://127.0.0.1:${port.https}/", "count": 20, "connections": 2}}]}]}))
        self.env = {"DEMO_RELEASE": "1"}
        self.record()
        self.assertEqual({}, self.drift(exits=0))

        self.env = {"DEMO_RELEASE": "2"}
        with open(self.path("server"), "ab") as file:
            file.write(b"2")  # another build of it
        drift = self.drift()
        self.assertEqual({("+", "epoll_pwait2"), ("+", "syncfs"), ("-", "epoll_wait"), ("-", "fsync")}, set(drift))
        for causes in drift.values():
            self.assertEqual(1, len(causes), drift)
            self.assertRegex(causes[0], re.escape(self.path("server")) + r" is \w+, was \w+$")

        said = self.callgate("test", "plan.yaml", "--baseline", "none", env=self.env, exits=1).stdout
        self.assertIn("epoll_pwait2", said)
        said = self.record("--update")
        self.assertIn("profile.json now permits: epoll_pwait2, syncfs\n", said)
        self.assertIn("profile.json no longer permits: epoll_wait, fsync\n", said)
        self.callgate("test", "plan.yaml", "--baseline", "none", env=self.env)
        self.assertEqual({}, self.drift(exits=0))

    @unittest.skipUnless(os.path.exists("/usr/sbin/nginx"), "nginx is not installed")
    def test_of_nginx_with_another_configuration(self):
        self.env = {}
        self.write("nginx.conf", NGINX_CONF % "off")
        self.write("plan.yaml", json.dumps({
            "version": 1, "name": "nginx", "profile": "profile.json",
            "workload": {
                "command": ["/usr/sbin/nginx", "-e", "stderr", "-p", "${workdir}", "-c", "${workdir}/nginx.conf"],
                "ports": ["http"],
                "files": [{"path": "nginx.conf", "source": "nginx.conf"},
                          {"path": "html/index.html", "text": "a page\n" * 4000}],
                "ready": {"http": "http://127.0.0.1:${port.http}/", "within": "10s"},
                "stop": {"signal": "SIGQUIT", "within": "10s", "expect": {"exit": 0}}},
            "scenarios": [{"name": "pages", "steps": [
                {"http": {"url": "http://127.0.0.1:${port.http}/", "count": 20, "connections": 1}}]}]}))
        self.record()
        self.write("nginx.conf", NGINX_CONF % "on")
        drift = self.drift()
        self.assertIn(("+", "sendfile"), drift)
        self.assertEqual(["nginx.conf is another one"], drift["+", "sendfile"])
        self.assertEqual({"sendfile"}, {call for sign, call in drift if sign == "+"})


if __name__ == "__main__":
    unittest.main()
