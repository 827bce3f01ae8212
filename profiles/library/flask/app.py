"""The sample application of the flask pack: a route for each part of Python that a service of some age has come to use.

Every route answers with something that only the work done can have produced.
"""

import asyncio
import concurrent.futures
import ctypes
import fcntl
import gc
import logging.handlers
import multiprocessing
import os
import shutil
import signal
import smtplib
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.request

from flask import Flask, render_template_string, request, send_file, session

app = Flask(__name__)
app.secret_key = "not a secret: this is a test"

with open("large.bin", "wb") as large:
    large.write(b"y" * (1 << 20))


@app.get("/")
def hello():
    return "hello\n"


@app.get("/visits")
def visits():
    session["visits"] = session.get("visits", 0) + 1
    return render_template_string("<p>visit {{ n }}</p>", n=session["visits"])


@app.get("/file")
def file():
    """Sent by sendfile."""
    return send_file(os.path.abspath("large.bin"))


@app.post("/upload")
def upload():
    """A form of more than 500 kB is spooled to a temporary file first."""
    received = request.files["file"]
    received.save("upload.bin")
    return f"stored {os.path.getsize('upload.bin')}\n"


@app.get("/disk")
def disk():
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as folder:
        first, second = os.path.join(folder, "a"), os.path.join(folder, "b")
        with open(first, "w+b", buffering=0) as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.write(b"hello wide world")
            os.pwrite(stream.fileno(), b"H", 0)
            os.ftruncate(stream.fileno(), 10)
            os.fdatasync(stream.fileno())
            os.fsync(stream.fileno())
            os.posix_fallocate(stream.fileno(), 0, 10)
            text = os.pread(stream.fileno(), 5, 0).decode()
        shutil.copy2(first, second)
        os.replace(second, first)
        os.link(first, second)
        os.symlink("a", os.path.join(folder, "c"))
        os.chmod(first, 0o640)
        os.chown(first, os.getuid(), os.getgid())
        os.utime(first)
        shutil.copytree(folder, os.path.join(folder, "d"), symlinks=True)
        os.truncate(first, 1)
        os.statvfs(folder)
        os.access(first, os.R_OK)
        names = "".join(sorted(os.listdir(folder)))
    with tempfile.TemporaryFile() as stream:
        stream.write(b"spooled")
    return f"{text} {names}\n"


@app.get("/rotate")
def rotate():
    handler = logging.handlers.RotatingFileHandler("rotated.log", maxBytes=10, backupCount=2)
    logger = logging.Logger("rotated")
    logger.addHandler(handler)
    for line in ("first line", "second line", "third line"):
        logger.warning(line)
    handler.close()
    with open("rotated.log.1") as stream:
        return stream.read()


@app.get("/database")
def database():
    """SQLite with a rollback journal, then with a write-ahead log, which it maps into memory."""
    for mode in ("delete", "wal"):
        connection = sqlite3.connect(f"{mode}.db", timeout=10)
        with connection:
            connection.execute(f"pragma journal_mode={mode}")
            connection.execute("create table if not exists t (n integer)")
            connection.executemany("insert into t values (?)", ((n,) for n in range(1000)))
        count = connection.execute("select count(*) % 1000 from t").fetchone()[0]
        connection.execute("vacuum")
        connection.close()
    return f"rest {count}\n"


@app.get("/collect")
def collect():
    """Allocation in plenty, cycles to collect, and free memory given back to the kernel."""
    for _ in range(5):
        ring = [{"payload": "x" * 2000} for _ in range(2000)]
        for here, there in zip(ring, ring[1:]):
            here["next"], there["previous"] = there, here
        del ring, here, there
        gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return f"uncollectable {len(gc.garbage)}\n"


@app.get("/subprocess")
def run():
    plain = subprocess.run(["/bin/echo", "plain"], capture_output=True, check=True, text=True).stdout
    shell = subprocess.check_output("cat large.bin | wc -c", shell=True, text=True)
    child = subprocess.Popen(["/bin/sleep", "60"], start_new_session=True, cwd="/")
    child.terminate()
    return f"{plain.strip()} {shell.strip()} {child.wait(10)}\n"


def square(n):
    return n * n


@app.get("/multiprocessing/<how>")
def processes(how):
    """The pool is closed, not terminated: forked children have gunicorn's handler for SIGTERM and would live on."""
    pool = multiprocessing.get_context(how).Pool(2)
    try:
        return f"squares {sum(pool.map(square, range(10)))}\n"
    finally:
        pool.close()
        pool.join()


@app.get("/threads")
def threads():
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return f"squares {sum(pool.map(square, range(10)))}\n"


@app.get("/asyncio")
def event_loop():
    async def work():
        process = await asyncio.create_subprocess_exec("/bin/echo", "loop", stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
        await asyncio.sleep(0.01)
        return await asyncio.get_running_loop().run_in_executor(None, output.decode)

    return asyncio.run(work())


@app.get("/outbound")
def outbound():
    """As a client of a server of its own, found by name."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def serve():
            client, _ = server.accept()
            with client:
                client.recv(65536)
                client.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nwithin")

        thread = threading.Thread(target=serve)
        thread.start()
        with urllib.request.urlopen(f"http://localhost:{port}/", timeout=10) as answer:
            text = answer.read().decode()
        thread.join()
    return f"{text} {socket.getfqdn('localhost')}\n"


@app.get("/mail")
def mail():
    """A message over SMTP, to a mail server that says yes to all."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        lines = []

        def serve():
            client, _ = server.accept()
            with client, client.makefile("rwb") as stream:
                stream.write(b"220 mail\r\n")
                stream.flush()
                for line in stream:
                    lines.append(line)
                    command = line[:4].upper().strip()
                    stream.write({b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(command, b"250 yes\r\n"))
                    stream.flush()
                    while command == b"DATA" and (line := stream.readline()) != b".\r\n":
                        lines.append(line)
                    if command == b"DATA":
                        stream.write(b"250 yes\r\n")
                        stream.flush()
                    if command == b"QUIT":
                        break

        thread = threading.Thread(target=serve)
        thread.start()
        with smtplib.SMTP("127.0.0.1", server.getsockname()[1], "localhost", timeout=10) as client:
            client.sendmail("a@localhost", ["b@localhost"], "Subject: mail\n\nit came\n")
        thread.join()
    return f"lines {len(lines)}\n"


@app.get("/nap")
def nap():
    """A thread that waits with a timeout, again and again."""
    never = threading.Event()
    with open("napping", "w", encoding="utf-8"):
        pass
    return f"slept {sum(not never.wait(0.05) for _ in range(int(request.args.get('times', 4))))} times\n"


@app.get("/die")
def die():
    os.kill(os.getpid(), signal.SIGKILL)


@app.get("/stuck")
def stuck():
    time.sleep(60)
    return "never\n"


# A worker comes here when it has its signal handlers: from now on it can be told to stop.
with open("loaded", "a", encoding="utf-8") as loaded:
    loaded.write(f"{os.getpid()}\n")
