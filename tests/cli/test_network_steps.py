"""Debian's nginx asked in every way that the network steps know, under a profile that refuses nothing."""
import os
import unittest

from callgate_case import SOURCE, CallgateCase

PLAN = """version: 1
name: nginx
workload:
  command: [/usr/sbin/nginx, -e, stderr, -p, "${workdir}", -c, "${workdir}/nginx.conf", -g, "daemon off;"]
  ports: [http, https]
  files:
    - {path: nginx.conf, source: %s}
    - {path: tls, certificate: localhost}
    - {path: renewed, certificate: localhost}
    - {path: html/index.html, text: "<h1>It works</h1>\\n"}
    - {path: upload, text: "from a file"}
  ready: {http: "http://127.0.0.1:${port.http}/", within: 10s}
  stop: {signal: SIGQUIT, within: 10s, expect: {exit: 0}}
profile: everything.json
modes: [enforce]
scenarios:
  - name: http
    steps:
      - http: {url: "http://127.0.0.1:${port.http}/", rate: 200, for: 500ms, expect: {status: 200, p99: 5s}}
      - http: {url: "https://localhost:${port.https}/", count: 20, tls: {ca: tls/cert.pem, alpn: http/1.1}}
      - http: {url: "http://127.0.0.1:${port.http}/", body_file: upload, expect: {status: 405}}
  - {use: tls-handshakes, with: {connect: "localhost:${port.https}", count: 2}}
  - {use: tls-renegotiation, with: {connect: "localhost:${port.https}"}}
  - {use: tls-key-update, with: {connect: "localhost:${port.https}"}}
  - {use: slow-clients, with: {connect: "127.0.0.1:${port.http}", send_rate: 100}}
  - {use: idle-timers, with: {connect: "127.0.0.1:${port.http}", for: 200ms}}
  - {use: large-bodies, with: {url: "http://127.0.0.1:${port.http}/", size: 500000, status: 405}}
  - use: certificate-rotation
    with:
      connect: "localhost:${port.https}"
      old: tls/cert.pem
      new: renewed/cert.pem
      replace: [cp, renewed/cert.pem, renewed/key.pem, tls]
  - name: refusals
    steps:
      - tls: {connect: "localhost:${port.https}", do: renegotiate, version: "1.2"}
"""


@unittest.skipUnless(os.path.exists("/usr/sbin/nginx"), "nginx is not installed")
class NetworkSteps(CallgateCase):
    def test_nginx_takes_all_that_the_network_steps_do(self):
        self.write("plan.yaml", PLAN % os.path.join(SOURCE, "tests", "workloads", "nginx", "nginx.conf.in"))
        self.write("everything.json", '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []}\n')
        # What a scenario finds without a profile is its own fault; here that is what is looked at.
        self.callgate("test", "plan.yaml", "--baseline", "none", exits=1)
        cases = {case["scenario"]: case for case in self.run_json()["cases"]}
        outcomes = {name: case["outcome"] for name, case in cases.items()}
        self.assertEqual({name for name, outcome in outcomes.items() if outcome != "passed"}, {"refusals"}, outcomes)
        self.assertEqual(cases["refusals"]["steps"][0]["message"],
                         "renegotiate: refused (no renegotiation), wanted accepted")
        requests = cases["http"]["steps"][0]
        metrics = {metric["name"]: metric["value"] for metric in requests["metrics"]}
        self.assertEqual(metrics["requests"], 100)
        self.assertEqual(sum(bucket["count"] for bucket in requests["latency"]), 100)
        rotation = [step for step in cases["certificate-rotation"]["steps"] if step["name"] == "the new certificate"]
        self.assertEqual(rotation[0]["outcome"], "passed")


if __name__ == "__main__":
    unittest.main()
