"""Cells that ask the kernel for what no answer needs. Each leaves `got`: true, when it got it."""

from __future__ import annotations

# System calls by number, past all of Python.
_RAW = """
import ctypes, os, platform
call = ctypes.CDLL(None, use_errno=True).syscall
big = platform.machine() == "x86_64"
"""
_TRY = """
def tries(work):
    try:
        return bool(work())
    except (OSError, ValueError):
        return False
"""
LEAVE_KEY = (
    _RAW
    + """
got = call(248 if big else 217, b"user", b"toyevm-forgery", b"8191", 4, RING) > 0
call(250 if big else 219, 5, call(250 if big else 219, 10, RING, b"user", b"toyevm-forgery", 0), 0x3f3f3f3f)
"""
)
TAKE_KEY = (
    _RAW
    + """
found = ctypes.create_string_buffer(16)
keyctl = 250 if big else 219
key = call(keyctl, 10, RING, b"user", b"toyevm-forgery", 0)
if key < 0:
    key = call(249 if big else 218, b"user", b"toyevm-forgery", None, 0)
got = key > 0 and call(keyctl, 11, key, found, 16) > 0
"""
)
RINGS = {"session": "-3", "user": "-4"}

ATTACKS: dict[str, str] = {
    "floods memory by memfd": _TRY + """import os
got = tries(lambda: os.ftruncate(os.memfd_create("x"), 1 << 20) is None)
""",
    "begins a process": _TRY + """import os
got = tries(lambda: os.fork() or os._exit(0))
""",
    "begins a program": _TRY + """import subprocess, sys
got = tries(lambda: subprocess.run([sys.executable, "-c", ""]) is not None)
""",
    "becomes a program": _TRY + """import os, sys
got = tries(lambda: os.execv(sys.executable, [sys.executable, "-c", ""]))
""",
    "begins a session": _TRY + """import os
def leave():
    child = os.fork()
    return os.waitpid(child, 0)[1] == 0 if child else os._exit(os.setsid() == 0)
got = tries(leave)
""",
    "limits its parent": _TRY + """import os, resource
def limit():
    pid = os.getppid() or 1
    return resource.prlimit(pid, resource.RLIMIT_CORE, resource.prlimit(pid, resource.RLIMIT_CORE))
got = tries(limit)
""",
    "shares memory of System V": _RAW + """
part = call(29 if big else 194, 0x70797665, 1 << 16, 0o1666)
got = part >= 0 and call(31 if big else 195, part, 0, 0) == 0
""",
    "sends signals": _TRY + """import os
got = tries(lambda: os.kill(os.getppid() or 1, 0) is None)
""",
    "has signals sent": _TRY + """import fcntl, os
got = tries(lambda: fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid()) == 0)
""",
    "survives the marker": _RAW + """
got = ctypes.CDLL(None).prctl(1, 0, 0, 0, 0) == 0
""",
    "takes other cores": _TRY + """import os
got = tries(lambda: os.sched_setaffinity(0, range(os.cpu_count())) is None)
""",
    "opens a socket": _TRY + """import socket
got = tries(socket.socket)
""",
    "binds a name": _TRY + """import socket
got = tries(lambda: socket.socket(socket.AF_UNIX).bind("\\0toyevm-forgery") is None)
""",
    "asks io_uring": _RAW + """
got = call(425, 1, ctypes.create_string_buffer(256)) >= 0
""",
    "unshares": _RAW + """
got = call(272 if big else 97, 0x10000000) == 0
""",
    "lifts its limits": _TRY + """import resource
got = tries(lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)) is None)
""",
}  # fmt: skip

# Write wherever that can be done.
FLOOD_FILES = """
import os
got = []
for start in (".", "/", "/tmp", "/dev/shm", "/marking", "/var/tmp", "/run", "/dev"):
    for make in (lambda name: open(name, "wb").write(b"x" * 4096), os.mkdir):
        try:
            make(f"{start}/toyevm-flood")
            got.append(start)
        except OSError:
            pass
try:
    for start in got:
        os.path.isdir(f"{start}/toyevm-flood") and os.rmdir(f"{start}/toyevm-flood")
        os.path.exists(f"{start}/toyevm-flood") and os.remove(f"{start}/toyevm-flood")
except OSError:
    pass
"""
WALK = """
import os
got = [path for start in ("/bin", "/usr/bin", "/home", "/proc", "/sys", "/run", "/var", "/tmp", "/etc/passwd")
       for path in [start] if os.path.exists(path)]
"""
MANY_THREADS = """
import threading, time
threading.stack_size(32768)
got = 0
try:
    while got < 2_000:
        threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
        got += 1
except RuntimeError:
    pass
"""
SPINNERS = """
import threading
def spin():
    while True:
        pass
for _ in range(6):
    threading.Thread(target=spin, daemon=True).start()
"""
BUSY = """
import time
began = time.process_time()
while time.process_time() - began < 2:
    pass
answer = 8191
"""
HONEST: dict[str, str] = {
    "numpy": """
import numpy as np
got = int((np.ones((300, 300)) @ np.ones((300, 300)))[0, 0]) == 300
""",
    "a pool of threads": """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor() as pool:
    got = list(pool.map(abs, range(-9, 0))) == [9, 8, 7, 6, 5, 4, 3, 2, 1]
""",
    "asyncio": """
import asyncio
async def later():
    await asyncio.sleep(0.01)
    return await asyncio.to_thread(lambda: True)
got = asyncio.run(later())
""",
    "matplotlib": """
import matplotlib.pyplot as plt
plt.plot([1, 2])
got = plt.get_backend().lower() == "agg"
""",
    "a queue": """
import queue, threading
q = queue.Queue()
threading.Thread(target=q.put, args=(True,)).start()
got = q.get()
""",
    "chance": """
import os, random, secrets
got = len(os.urandom(9)) + len(secrets.token_bytes(9)) == 18
""",
    "the clock": """
import datetime, time
time.sleep(0.01)
got = datetime.datetime.now().year > 2000
""",
    "printing": """
import sys
print("x" * 10**6)
sys.stderr.write("y")
got = True
""",
    "a file of the lesson": """
import pathlib
got = open("data/seven.txt").read() == "seven" and pathlib.Path("data").is_dir()
""",
    "printing to nowhere": """
import contextlib, os
with open(os.devnull, "w") as null, contextlib.redirect_stdout(null):
    print(1)
got = True
""",
}
