"""What a case is compared with: a run without a profile, and a second one where the two differ."""
import json
import unittest

from callgate_case import CallgateCase

# /chance says other words each time (digits are never compared); /user is what the profile may refuse to tell.
SERVER = """
import http.server, os, sys

def word():
    return "".join(chr(ord("g") + byte % 16) for byte in os.urandom(16))

class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            text = {"/chance": word, "/user": lambda: str(os.getpgid(0) > 0)}[self.path]()
        except OSError as error:
            text = str(error)
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Pages).serve_forever()
"""


class Reference(CallgateCase):
    def run_pages(self, pages, exits, settings=None):
        """Asks once for each page while getpgid is refused; the cases of errno mode by scenario."""
        self.write("profile.json", json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
            {"names": ["getpgid"], "action": "SCMP_ACT_ERRNO"}]}))
        url = "http://127.0.0.1:${port.http}"
        self.write("plan.yaml", json.dumps({
            "version": 1, "name": "pages", "profile": "profile.json", "modes": ["errno"],
            "expect": {"refused": [{"syscall": "getpgid", "reason": "to see what comes of it"}]},
            "workload": {"command": ["/usr/bin/python3", "-B", "server.py", "${port.http}"], "ports": ["http"],
                         "files": [{"path": "server.py", "text": SERVER}],
                         "ready": {"tcp": "127.0.0.1:${port.http}", "within": "30s"}, "stop": {"signal": "SIGTERM"}},
            "scenarios": [{"name": page, "steps": [{"http": f"{url}/{page}"}], **(settings or {})} for page in pages]}))
        self.callgate("test", "plan.yaml", "--baseline", "fresh", exits=exits)
        return {case["scenario"]: case for case in self.run_json()["cases"] if case["mode"] == "errno"}

    def test_what_two_runs_without_a_profile_differ_in_is_a_note(self):
        case = self.run_pages(["chance"], exits=0)["chance"]
        self.assertEqual("passed", case["outcome"])
        self.assertIn("oracle 'bodies' is not counted, since two runs without a profile differ too", case["notes"][0])

    def test_what_only_the_profile_changes_is_missed(self):
        cases = self.run_pages(["chance", "user"], exits=1)
        self.assertEqual("passed", cases["chance"]["outcome"])
        self.assertEqual(["bodies"], [miss["oracle"] for miss in cases["user"]["oracles"]])
        self.assertEqual([], cases["user"]["notes"])

    def test_an_oracle_is_switched_off_in_the_words_of_yaml_1_1_too(self):
        # json.dumps writes false, as does whoever reads "off" and writes it again.
        self.assertEqual("passed", self.run_pages(["user"], 0, {"oracles": {"bodies": False}})["user"]["outcome"])


if __name__ == "__main__":
    unittest.main()
