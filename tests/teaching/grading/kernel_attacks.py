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
    "floods memory by memfd": _TRY + "import os\ngot = tries(lambda: os.ftruncate(os.memfd_create('x'), 1 << 20) is None)",
    "begins a process": _TRY + "import os\ngot = tries(lambda: os.fork() or os._exit(0))",
    "begins a program": _TRY + "import subprocess, sys\ngot = tries(lambda: subprocess.run([sys.executable, '-c', '']) is not None)",
    "becomes a program": _TRY + "import os, sys\ngot = tries(lambda: os.execv(sys.executable, [sys.executable, '-c', '']))",
    "begins a session": _TRY + """import os
def leave():
    child = os.fork()
    return os.waitpid(child, 0)[1] == 0 if child else os._exit(os.setsid() == 0)
got = tries(leave)""",
    "limits its parent": _TRY + """import os, resource
def limit():
    pid = os.getppid() or 1
    return resource.prlimit(pid, resource.RLIMIT_CORE, resource.prlimit(pid, resource.RLIMIT_CORE))
got = tries(limit)""",
    "shares memory of System V": _RAW + "got = call(29 if big else 194, 0x70797665, 1 << 16, 0o1666) >= 0",
    "sends signals": _TRY + "import os\ngot = tries(lambda: os.kill(os.getppid() or 1, 0) is None)",
    "has signals sent": _TRY + "import fcntl, os\ngot = tries(lambda: fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid()) == 0)",
    "survives the marker": _RAW + "got = ctypes.CDLL(None).prctl(1, 0, 0, 0, 0) == 0",
    "takes other cores": _TRY + "import os\ngot = tries(lambda: os.sched_setaffinity(0, range(os.cpu_count())) is None)",
    "opens a socket": _TRY + "import socket\ngot = tries(socket.socket)",
    "binds a name": _TRY + """import socket
def bind():
    socket.socket(socket.AF_UNIX).bind("\\0toyevm-forgery")
    return True
got = tries(bind)""",
    "asks io_uring": _RAW + "room = ctypes.create_string_buffer(256)\ngot = call(425, 1, room) >= 0",
    "unshares": _RAW + "got = call(272 if big else 97, 0x10000000) == 0",
    "lifts its limits": _TRY + """import resource
def lift():
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
    return True
got = tries(lift)""",
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
    "numpy": "import numpy as np\ngot = int((np.ones((300, 300)) @ np.ones((300, 300)))[0, 0]) == 300",
    "a pool of threads": "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor() as pool:\n"
                         "    got = list(pool.map(abs, range(-9, 0))) == [9, 8, 7, 6, 5, 4, 3, 2, 1]",
    "asyncio": "import asyncio\nasync def later():\n    await asyncio.sleep(0.01)\n    return True\ngot = asyncio.run(later())",
    "a queue": "import queue, threading\nq = queue.Queue()\nthreading.Thread(target=q.put, args=(True,)).start()\ngot = q.get()",
    "chance": "import os, random, secrets\ngot = len(os.urandom(9)) + len(secrets.token_bytes(9)) == 18",
    "the clock": "import datetime, time\ntime.sleep(0.01)\ngot = datetime.datetime.now().year > 2000",
    "printing": "import sys\nprint('x' * 10**6)\nsys.stderr.write('y')\ngot = True",
    "a file of the lesson": "got = open('data/seven.txt').read() == 'seven' and bool(__import__('pathlib').Path('.').exists())",
    "what it prints, nowhere": "import contextlib, os\nwith open(os.devnull, 'w') as null, contextlib.redirect_stdout(null):\n    print(1)\ngot = True",
}  # fmt: skip
