"""Taking what belongs to all: time, memory, processes, files, and the marker itself."""

from __future__ import annotations

from toyevm.teaching.grading.attacks.answers import NESTED
from toyevm.teaching.grading.attacks.base import Forgery

SWALLOWS_ALL = """
import time
while True:
    try:
        time.sleep(600)
    except BaseException:
        pass
"""
FORK_BOMB = """
import os
children = 0
try:
    while True:
        if os.fork():
            children += 1
        else:
            while True:
                try: os.fork()
                except OSError: pass
except OSError:
    pass
my_number = 0
"""
HOG = """
hoard = []
while True:
    hoard.append(bytearray(300 << 20))
"""
BACKGROUND = """
import os, subprocess, sys
code = "import os, time; os.setsid() if os.getpid() != os.getsid(0) else None; time.sleep(600)  # toyevm-left-behind"
for _ in range(2):
    try:
        subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    except OSError:
        pass
my_number = 8191
"""
SLOW_PROGRAM = """pair = (1, 2,
    11559732032986387107991004021392285783925812861821192530917403151452391805634,
    10857046999023057135944570762232829481370756359578518086990519993285655852781,
    4082367875863433681332203403145435568316851327593401208105741076214120093531,
    8495653923123431417604973247489272438418190587263600148770280649306958101930)
my_program = " ".join(f"PUSH32 {word} PUSH2 {32 * i} MSTORE" for i, word in enumerate(4 * pair))
my_program += "  PUSH1 32  PUSH1 0  PUSH2 768  PUSH1 0  PUSH1 8  GAS  STATICCALL"
"""
MEMFD_FLOOD = """
import os
my_number, kept = 0, []
try:
    for number in range(6):
        kept.append(os.memfd_create(f"flood-{number}"))
        os.write(kept[-1], bytes(16 << 20))
    my_number = 8191
except (OSError, AttributeError):
    pass
"""
FILE_FLOOD = """
import os
my_number = 0
for folder in (".", "/", "/tmp", "/dev/shm", "/var/tmp", "/run", os.path.expanduser("~")):
    made = []
    try:
        for number in range(2_000):
            os.mkdir(f"{folder}/toyevm-flood-{number}")
            made.append(number)
        my_number = 8191
    except OSError:
        pass
    for number in made:
        os.rmdir(f"{folder}/toyevm-flood-{number}")
"""
LIMITS_OF_PARENT = """
import os, resource
my_number = 0
for pid in {os.getppid(), 1} - {0, os.getpid()}:
    try:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, resource.prlimit(pid, resource.RLIMIT_NOFILE))
        my_number = 8191
    except OSError:
        pass
"""
FORK_AND_SETSID = """
import os
my_number = 0
try:
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os._exit(0)
    os.waitpid(pid, 0)
    my_number = 8191
except OSError:
    pass
"""
USES_THREADS = """
import threading
my_number = 0
def work():
    global my_number
    my_number = 8191
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
# BLAKE2F, whose price is one gas a round.
MANY_ROUNDS = """my_program = f"PUSH32 {190_000 << 224} PUSH1 0 MSTORE  PUSH1 1 PUSH1 212 MSTORE8"
my_program += "  PUSH1 64  PUSH2 512  PUSH1 213  PUSH1 0  PUSH1 9  GAS  STATICCALL"
"""
HONEST_AND_LONG = """
import time
began = time.process_time()
while time.process_time() - began < 1:
    pass
my_number = 8191
"""

MACHINE: dict[str, Forgery] = {
    "prints without end": Forgery(
        {"number": "import os, sys\nfor _ in range(100):\n    print('x' * 1_000_000)\n"
                   "    sys.stderr.write('y' * 1_000_000)\n    os.write(1, b'z' * 1_000_000)\nmy_number = 8191"}
    ),
    "endless loop": Forgery({"number": "while True: pass"}, (2, 0, 3), "longer than"),
    "endless function": Forgery({"merge": "def merge(left, right):\n    while True: pass"}, (2, 1, 0), "longer than"),
    "endless loop that cannot be interrupted": Forgery({"number": SWALLOWS_ALL}, (2, 0, 0), "stopped after"),
    "sleeps": Forgery({"number": "import time\ntime.sleep(600)\nmy_number = 8191"}, (2, 0, 3), "longer than"),
    "ignores the alarm": Forgery(
        {"number": "import signal, time\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\ntime.sleep(600)"}, (2, 0, 0),
        "stopped after",
    ),
    "kills its parent": Forgery({"number": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nmy_number = 0"},
                                (2, 0, 3)),
    "kills everybody": Forgery({"number": "import os\nos.kill(-1, 9)"}, (2, 0, 3)),
    "recursion without end": Forgery({"merge": "def merge(left, right): return merge(left, right)"}, (2, 1, 0),
                                     "RecursionError"),
    "crashes": Forgery({"number": "import ctypes\nctypes.string_at(0)"}, (2, 0, 0), "ended before"),
    "fork bomb": Forgery({"number": FORK_BOMB}, (2, 0, 3)),
    "memory hog": Forgery({"number": HOG}, (2, 0, 3), "MemoryError"),
    "lifts the limits": Forgery(
        {"number": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))\n" + HOG}, (2, 0, 3)
    ),
    "leaves a child behind": Forgery({"number": BACKGROUND}),
    "enormous integer": Forgery({"number": "my_number = 10**1_000_000"}, (2, 0, 3), "too large"),
    "deeply nested list": Forgery({"number": NESTED}, (2, 0, 3), "too large"),
    "list in itself": Forgery({"number": "my_number = []\nmy_number.append(my_number)"}, (2, 0, 3), "too large"),
    "long text": Forgery({"double": "my_program = 'PUSH1 1 ' * 10_000_000"}, (0, 1, 3), "too large"),
    "endless program": Forgery({"double": 'my_program = "JUMPDEST PUSH1 0 JUMP"'}, (0, 1, 3)),
    "program that keeps the machine busy": Forgery({"double": SLOW_PROGRAM}, (0, 1, 3)),
    "too many files": Forgery({"number": "import os\nfor i in range(10**6): os.open('/', 0)"}, (2, 0, 3)),
    "fills the disk": Forgery(
        {"number": "for i in range(100):\n    open(f'f{i}', 'wb').write(bytes(8 << 20))\nmy_number = 0"}, (2, 0, 3)
    ),
    "floods memory that is no process's": Forgery({"number": MEMFD_FLOOD}, (2, 0, 3)),
    "floods folders": Forgery({"number": FILE_FLOOD}, (2, 0, 3)),
    "changes its parent's limits": Forgery({"number": LIMITS_OF_PARENT}, (2, 0, 3)),
    "forks and begins a session": Forgery({"number": FORK_AND_SETSID}, (2, 0, 3)),
    "uses threads": Forgery({"number": USES_THREADS}),
    "program of many rounds": Forgery({"double": MANY_ROUNDS}, (0, 1, 3)),
    "honest and long, beside six that never end": Forgery({"number": HONEST_AND_LONG}, beside="endless loop"),
}  # fmt: skip
