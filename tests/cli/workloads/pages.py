"""A small HTTP server for the tests of steps: usage pages.py PORT. Every page says what it is there for.

/          hello
/collected?NAME=VALUE  collects garbage where the environment holds this, else there is no such page
/gc        collects garbage               /gc?SECONDS  the same, and takes so long
/slow      a download of two seconds      /alloc?MIB   takes so much memory for a moment
/open?COUNT  opens so many files             /fork?COUNT  has so many processes for a moment
/write     writes 64 KiB below data/ and takes them back       /nice       the nice value
Every request is a line in access.log, which SIGUSR1 opens anew. SIGTERM ends the server when its requests have ended.
"""
import contextlib
import gc
import http.server
import os
import signal
import sys
import threading
import time


class Log:
    def __init__(self):
        self.lock = threading.Lock()
        self.reopen()

    def reopen(self, *_):
        self.file = open("access.log", "a", encoding="utf-8")

    def write(self, line):
        with self.lock:
            print(line, file=self.file, flush=True)


def allocate(mebibytes):
    # Touched page by page, or the kernel would give nothing.
    block = bytearray(int(mebibytes) << 20)
    block[::4096] = b"x" * len(block[::4096])
    return f"{len(block)}"


def write_data(_):
    with open("data/file", "wb", buffering=0) as file:
        file.write(b"x" * 65536)
    os.unlink("data/file")
    return "written"


def open_files(count):
    with contextlib.ExitStack() as stack:
        for _ in range(int(count)):
            stack.enter_context(open("/dev/null", encoding="utf-8"))
    return "opened"


def fork(count):
    gate, keeper = os.pipe()
    children = []
    try:
        for _ in range(int(count)):
            child = os.fork()
            if child == 0:
                os.close(keeper)
                os.read(gate, 1)
                os._exit(0)
            children.append(child)
    finally:
        os.close(keeper)
        os.close(gate)
        for child in children:
            os.waitpid(child, 0)
    return "forked"


def collect(seconds):
    gc.collect()
    time.sleep(float(seconds or 0))
    return "collected"


def collect_where(setting):
    name, _, value = setting.partition("=")
    if os.environ.get(name) != value:
        raise KeyError(setting)
    return collect(0)


PAGES = {"/": lambda _: "hello", "/collected": collect_where, "/gc": collect, "/alloc": allocate,
         "/nice": lambda _: f"nice {os.nice(0)}", "/open": open_files, "/fork": fork, "/write": write_data}
LOG = Log()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path, _, query = self.path.partition("?")
        LOG.write(self.path)
        if path == "/slow":
            return self.slow()
        try:
            status, text = 200, PAGES[path](query)
        except KeyError:
            status, text = 404, "no such page"
        except (OSError, MemoryError) as error:
            status, text = 500, str(error)
        self.begin(status, len(text))
        self.wfile.write(text.encode())
        return None

    def slow(self):
        self.begin(200, 20)
        for _ in range(20):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)

    def begin(self, status, length):
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = False
    block_on_close = True


def main():
    with Server(("127.0.0.1", int(sys.argv[1])), Handler) as server:
        signal.signal(signal.SIGUSR1, LOG.reopen)
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
        print("serving", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
