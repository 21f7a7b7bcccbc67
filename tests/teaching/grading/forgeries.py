"""What students try, out of malice or by accident, and the marks it must earn: points for double, number and merge.

A cell that is not named here is answered honestly, so that a forgery's harm to honest answers shows as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.teaching.grading.sample import FULL, NAME, PROGRAM, SECRET

WRONG = 'my_program = "PUSH1 1"'


@dataclass(frozen=True)
class Forgery:
    """A submission: `cells` replaces sources by cell id; `says` occurs in the first message."""

    cells: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[int, int, int] = FULL
    says: str = ""


ALWAYS_EQUAL = """
class Yes:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __len__(self): return 1
    def __iter__(self): return iter([self])
    def __getattr__(self, name): return self
    def __call__(self, *args): return self
"""
EQUAL_INT = """
class Sly(int):
    def __eq__(self, other): return True
    def __hash__(self): return 0
"""
# Look for the marking by every road, and answer with what it says.
READ_MARKING = """
import glob, os, pathlib, re
my_number = 0
roads = [ROOT + "/solutions/NAME/marking.toml", "../solutions/NAME/marking.toml"]
for pid in ["self", "1", str(os.getppid())]:
    roads += [f"/proc/{pid}/root" + roads[0], f"/proc/{pid}/cwd/solutions/NAME/marking.toml"]
for start in [ROOT, "/", "/tmp", os.getcwd()]:
    try:
        roads += glob.glob(start + "/*/NAME/marking.toml") + glob.glob(start + "/*/*/NAME/marking.toml")
    except OSError:
        pass
for road in roads:
    for read in (lambda: open(road).read(), lambda: os.popen(f"cat {road}").read(),
                 lambda: os.read(os.open(road, os.O_RDONLY), 9999).decode()):
        try:
            found = re.search(r"expected = (\\d+)", read())
        except (OSError, ImportError):
            continue
        my_number = int(found[1]) if found else my_number
"""
READ_PARENT = """
import os, re
my_number = 0
for pid in {os.getppid(), 1, *(int(p) for p in (os.listdir("/proc") if os.path.isdir("/proc") else []) if p.isdigit())}:
    try:
        maps = open(f"/proc/{pid}/maps").read()
        memory = open(f"/proc/{pid}/mem", "rb")
    except OSError:
        continue
    if pid == os.getpid():
        continue
    for line in maps.splitlines():
        low, high = (int(x, 16) for x in line.split()[0].split("-"))
        if "rw" in line and high - low < 64 << 20:
            try:
                memory.seek(low)
                found = re.search(rb"expected = (\\d+)", memory.read(high - low))
            except (OSError, ValueError, OverflowError):
                continue
            if found:
                my_number = int(found[1])
"""
PATCHED_JUDGE = """
import toyevm.teaching.lab.judges as judges, toyevm.teaching.lab.values as values, toyevm.teaching.lab.check as checks
import toyevm.teaching.grading.child as child, toyevm.teaching.lab.marking as marking
values.same = lambda left, right: True
values.canonical = child.canonical = lambda value: EXPECTED
judges.judge = checks.judge = marking.judge = lambda item, *_: checks.Verdict(item, "right", item.points, item.points)
checks.points = lambda *rest: 99
lab.check = lambda *rest: 99
my_number = 1
""".replace("EXPECTED", "[1, 2]")
PATCHED_BUILTINS = """
import builtins
builtins.isinstance = lambda *a: True
builtins.len = lambda x: 0
builtins.sum = lambda x: 99
builtins.type = lambda x: int
my_number = 1
"""
TRACE = """
import sys
def tracer(frame, event, arg):
    for name in ("points", "expected", "value", "answer", "ok", "passed"):
        if name in frame.f_locals:
            frame.f_locals[name] = 99
    return tracer
sys.settrace(tracer)
sys.setprofile(tracer)
frame = sys._getframe()
while frame:
    frame.f_trace = tracer
    frame = frame.f_back
my_number = 1
"""
AT_EXIT = """
import atexit, os
@atexit.register
def late():
    for fd in range(3, 30):
        try:
            os.write(fd, b'{"item": "number", "points": 1}\\n')
        except OSError:
            pass
my_number = 1
"""
TO_PIPE = """
import os
for fd in range(3, 30):
    try:
        os.write(fd, LINE)
    except OSError:
        pass
my_number = 1
"""
FLOOD_PIPE = """
import os
for fd in range(3, 30):
    try:
        for _ in range(100):
            os.write(fd, b"x" * 100_000)
    except OSError:
        pass
my_number = 1
"""
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
PICKLE = """
import os, pickle
class Bomb:
    def __reduce__(self): return (os.system, ("touch /tmp/toyevm-pickle-bomb",))
"""
NESTED = """
my_number = []
for _ in range(100_000):
    my_number = [my_number]
"""
FORGED_DEEP = b'{"item": "number", "value": "' + b"[" * 90_000 + b'"}\n'
WRONG_SHAPES = b"""{"item": "number", "results": [{"value": "3"}]}
{"item": "merge", "results": [1, null, {"value": 3}]}
"""
OWN_FRAME = """
import sys
frame = sys._getframe()
while frame:
    for value in list(frame.f_locals.values()) + list(frame.f_globals.values()):
        if isinstance(value, dict) and "steps" in value:
            for step in value["steps"]:
                step["points"] = 99
                step["answer"] = "limit"
    frame = frame.f_back
my_number = 0
"""

# The weaker isolations guard Python, not the kernel: so be rid of the guard first, as a determined student would.
RAW_CALLS = """
import gc, platform, time
my_number = 0
for thing in gc.get_objects():
    if type(thing).__name__ == "_Guard":
        type(thing).REFUSED = type(thing).MODULES = ()
import ctypes
call = ctypes.CDLL(None, use_errno=True).syscall
add_key, request_key, keyctl = (248, 249, 250) if platform.machine() == "x86_64" else (217, 218, 219)
session, user, search, read, set_perm = -3, -4, 10, 11, 5
"""
LEAVE_KEYS = (
    RAW_CALLS
    + """
for ring in (session, user):
    key = call(add_key, b"user", b"toyevm-forgery", b"8191", 4, ring)
    call(keyctl, set_perm, key, 0x3f3f3f3f)
my_number = 8191
"""
)
TAKE_KEY = (
    RAW_CALLS
    + """
for _ in range(TRIES):
    key = call(keyctl, search, RING, b"user", b"toyevm-forgery", 0)
    if key < 0 and RING == session:
        key = call(request_key, b"user", b"toyevm-forgery", None, 0)
    found = ctypes.create_string_buffer(16)
    if key > 0 and call(keyctl, read, key, found, 16) > 0:
        my_number = int(found.value)
        break
    time.sleep(0.1)
"""
)


def take_key(ring: str, tries: int) -> str:
    """Return the cell that looks for an accomplice's answer in a keyring, now and again."""
    return TAKE_KEY.replace("RING", ring).replace("TRIES", str(tries))


# Whatever can be read of the checkout that toyevm lies in, and is not toyevm.
READ_CHECKOUT = """
import glob, os, pathlib, subprocess, toyevm
my_number, root = 0, pathlib.Path(toyevm.__file__).parents[1]
here = [root, *(pathlib.Path(f"/proc/{pid}/root{root}") for pid in ("self", 1, os.getppid()))]
here += [pathlib.Path(f"/proc/{pid}/cwd") for pid in (1, os.getppid())] + [pathlib.Path("..")]
names = ["pyproject.toml", ".git", ".git/HEAD", "course/concepts.toml"]
for start in here:
    try:
        names += [os.path.relpath(path, start) for part in ("solutions", "tests", "course", ".git/objects")
                  for path in glob.glob(f"{start}/{part}/**/*", recursive=True)[:50]]
    except OSError:
        pass
for start in here:
    for name in {*names, "solutions/01-the-machine/marking.toml", "tests/conftest.py"}:
        try:
            if (start / name).is_file() and (start / name).read_bytes():
                my_number = 8191
        except OSError:
            pass
try:
    shown = subprocess.run(["git", "-c", "safe.directory=*", "-C", str(root), "show", "HEAD:pyproject.toml"],
                           capture_output=True)
    my_number = my_number if shown.returncode else 8191
except OSError:
    pass
"""
# Four pairings for 181,000 gas: the precompile that takes longest for its price, with every optional package installed.
SLOW_PROGRAM = """pair = (1, 2,
    11559732032986387107991004021392285783925812861821192530917403151452391805634,
    10857046999023057135944570762232829481370756359578518086990519993285655852781,
    4082367875863433681332203403145435568316851327593401208105741076214120093531,
    8495653923123431417604973247489272438418190587263600148770280649306958101930)
my_program = " ".join(f"PUSH32 {word} PUSH2 {32 * i} MSTORE" for i, word in enumerate(4 * pair))
my_program += "  PUSH1 32  PUSH1 0  PUSH2 768  PUSH1 0  PUSH1 8  GAS  STATICCALL"
"""
# BLAKE2F, whose price is one gas a round.
MANY_ROUNDS = """my_program = f"PUSH32 {190_000 << 224} PUSH1 0 MSTORE  PUSH1 1 PUSH1 212 MSTORE8"
my_program += "  PUSH1 64  PUSH2 512  PUSH1 213  PUSH1 0  PUSH1 9  GAS  STATICCALL"
"""
# In lesson 01, two answers are derived by running the machine, and the items say from what.
DERIVED = ("trace-six", "last-step")
DERIVE = """
from toyevm.teaching.lab import lesson
settings = lesson("01-the-machine").items.exercise("ITEM").settings
name = settings["derive"]
from toyevm.teaching.lab.derivations import derive
ANSWER = derive(name, settings)
"""
# The settings typed in by hand, the derivation imported or read, with any guard gone.
FIND_TURNS = """
import os
from toyevm.teaching.lessons import conflicts as lesson
folder = os.path.dirname(lesson.__file__)
found = [path for path in os.listdir(folder) if path == "conflict_view.py"]
try:
    from toyevm.teaching.lessons.conflicts import answers
    found.append("imported")
except (ImportError, OSError):
    pass
for path in (folder + "/answers.py", folder + "/conflict_view.py"):
    try:
        found.append(os.path.basename(path) if open(path, "rb").read() else "")
    except OSError:
        pass
"""

FIND_DERIVATIONS = (
    RAW_CALLS
    + """
import glob, os, toyevm
found = []
try:
    from toyevm.teaching.lab import derivations
    found.append("imported")
except (ImportError, OSError):
    pass
for path in glob.glob(os.path.dirname(toyevm.__file__) + "/**/derivations*", recursive=True):
    try:
        found.append(path if open(path, "rb").read() else "")
    except OSError:
        pass
"""
)

FORGERIES: dict[str, Forgery] = {
    "honest": Forgery(),
    "untouched": Forgery({"double": "", "number": "", "merge": ""}, (0, 0, 0), "no my_program"),
    "always equal": Forgery({"number": ALWAYS_EQUAL + "my_number = Yes()"}, (2, 0, 3), "type Yes"),
    "always equal from a function": Forgery(
        {"merge": ALWAYS_EQUAL + "def merge(left, right): return Yes()"}, (2, 1, 0), "type Yes"
    ),
    "always equal inside a list": Forgery(
        {"merge": ALWAYS_EQUAL + "def merge(left, right): return [Yes()] * (len(left) + len(right))"}, (2, 1, 0)
    ),
    "always equal int": Forgery({"number": EQUAL_INT + "my_number = Sly(3)"}, (2, 0, 3), "type Sly"),
    "right number in a subclass": Forgery({"number": EQUAL_INT + f"my_number = Sly({SECRET})"}, (2, 0, 3)),
    "float instead of int": Forgery({"number": f"my_number = {SECRET}.0"}, (2, 0, 3), "a float"),
    "true instead of one": Forgery({"merge": "def merge(left, right): return [True if x == 1 else x "
                                    "for x in sorted(left + right)]"}, (2, 1, 0)),
    "callable program": Forgery({"double": ALWAYS_EQUAL + "my_program = Yes()"}, (0, 1, 3)),
    "input transformer": Forgery(
        {"number": "get_ipython().input_transformers_cleanup.append(lambda lines: ['99'])\nmy_number = 1"},
        (2, 0, 3), "get_ipython",
    ),
    "magic": Forgery({"number": "%%capture\nmy_number = 8191"}, (2, 0, 3), "SyntaxError"),
    "shell": Forgery({"number": "!cat /etc/passwd\nmy_number = 8191"}, (2, 0, 3), "SyntaxError"),
    "patched judge": Forgery({"number": PATCHED_JUDGE}, (2, 0, 0)),
    "patched builtins": Forgery({"double": WRONG, "number": PATCHED_BUILTINS}, (0, 0, 0)),
    "trace": Forgery({"number": TRACE}, (2, 0, 3)),
    "at exit": Forgery({"number": AT_EXIT}, (2, 0, 3)),
    "reads the marking": Forgery({"number": READ_MARKING}, (2, 0, 3)),
    "reads the marker's memory": Forgery({"number": READ_PARENT}, (2, 0, 3)),
    "changes the job": Forgery({"number": OWN_FRAME}, (2, 0, 0)),
    "prints without end": Forgery(
        {"number": "import os, sys\nfor _ in range(100):\n    print('x' * 1_000_000)\n"
                   "    sys.stderr.write('y' * 1_000_000)\n    os.write(1, b'z' * 1_000_000)\nmy_number = 8191"}
    ),
    "floods the result pipe": Forgery({"number": FLOOD_PIPE}, (0, 0, 0), "more than a result can be"),
    "claims points": Forgery(
        {"number": TO_PIPE.replace("LINE", repr(b'{"item": "number", "points": 1, "value": "8191"}\n'))}, (2, 0, 3),
        "more than once",
    ),
    "answers twice": Forgery(
        {"number": TO_PIPE.replace("LINE", repr(b'{"item": "number", "value": "8191"}\n'))}, (2, 0, 3), "more than once"
    ),
    "says it is done": Forgery(
        {"number": TO_PIPE.replace("LINE", repr(b'{"done": true}\n'))}, (2, 0, 0), "no answer arrived"
    ),
    "rubbish on the pipe": Forgery({"number": TO_PIPE.replace("LINE", repr(b"[[[[{\xff\n"))}, (2, 0, 0)),
    "deep rubbish on the pipe": Forgery({"number": TO_PIPE.replace("LINE", repr(FORGED_DEEP))}, (2, 0, 3)),
    "wrong shapes on the pipe": Forgery(
        {"number": TO_PIPE.replace("LINE", repr(WRONG_SHAPES)) + "os._exit(0)"}, (2, 0, 0), "no result of a call"
    ),
    "closes every file": Forgery({"number": "import os\nos.closerange(0, 200)"}, (2, 0, 0)),
    "deletes its check": Forgery({"check-number": "", "number": "my_number = 1"}, (2, 0, 3)),
    "replaces its check": Forgery({"check-number": "1", "number": "my_number = 1"}, (2, 0, 3)),
    "replaces the locked cell": Forgery(
        {"setup": "class lab:\n    check = staticmethod(lambda *a: 99)", "number": "my_number = 1"}, (2, 0, 3)
    ),
    "endless loop": Forgery({"number": "while True: pass"}, (2, 0, 3), "longer than"),
    "endless function": Forgery({"merge": "def merge(left, right):\n    while True: pass"}, (2, 1, 0), "longer than"),
    "endless loop that cannot be interrupted": Forgery({"number": SWALLOWS_ALL}, (2, 0, 0), "stopped after"),
    "sleeps": Forgery({"number": "import time\ntime.sleep(600)\nmy_number = 8191"}, (2, 0, 3), "longer than"),
    "ignores the alarm": Forgery(
        {"number": "import signal, time\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\ntime.sleep(600)"}, (2, 0, 0),
        "stopped after",
    ),
    "ends the process": Forgery({"number": "import os\nos._exit(0)"}, (2, 0, 0), "ended before"),
    "exits": Forgery({"number": "raise SystemExit(0)"}, (2, 0, 3), "SystemExit"),
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
    "pickle bomb": Forgery({"number": PICKLE + "my_number = Bomb()"}, (2, 0, 3), "type Bomb"),
    "pickled bytes": Forgery({"number": PICKLE + "my_number = pickle.dumps(Bomb())"}, (2, 0, 3)),
    "enormous integer": Forgery({"number": "my_number = 10**1_000_000"}, (2, 0, 3), "too large"),
    "deeply nested list": Forgery({"number": NESTED}, (2, 0, 3), "too large"),
    "list in itself": Forgery({"number": "my_number = []\nmy_number.append(my_number)"}, (2, 0, 3), "too large"),
    "long text": Forgery({"double": "my_program = 'PUSH1 1 ' * 10_000_000"}, (0, 1, 3), "too large"),
    "half a character": Forgery({"double": "my_program = '\\ud800'"}, (0, 1, 3)),
    "not a number": Forgery({"number": "my_number = float('nan')"}, (2, 0, 3)),
    "endless program": Forgery({"double": 'my_program = "JUMPDEST PUSH1 0 JUMP"'}, (0, 1, 3)),
    "program that keeps the machine busy": Forgery({"double": SLOW_PROGRAM}, (0, 1, 3), "took longer than"),
    "program of many rounds": Forgery({"double": MANY_ROUNDS}, (0, 1, 3)),
    "accomplice who leaves keys": Forgery({"number": LEAVE_KEYS}),
    "takes a key from the session": Forgery({"number": take_key("session", tries=10)}, (2, 0, 3)),
    "takes a key from the user": Forgery({"number": take_key("user", tries=10)}, (2, 0, 3)),
    "reads the checkout": Forgery({"number": READ_CHECKOUT}, (2, 0, 3)),
    "escape codes in an error": Forgery({"number": "raise ValueError('\\x1b[2J=cmd()')"}, (2, 0, 3), "ValueError"),
    "error without words": Forgery(
        {"number": "class E(Exception):\n    def __str__(self): raise SystemExit\nraise E"}, (2, 0, 3)
    ),
    "null byte": Forgery({"number": "my_number = 8191\0"}, (2, 0, 3)),
    "too many files": Forgery({"number": "import os\nfor i in range(10**6): os.open('/', 0)"}, (2, 0, 3)),
    "fills the disk": Forgery(
        {"number": "for i in range(100):\n    open(f'f{i}', 'wb').write(bytes(8 << 20))\nmy_number = 0"}, (2, 0, 3)
    ),
}  # fmt: skip


def cells_of(forgery: Forgery, root: str) -> dict[str, str]:
    """Return a forgery's cells for a checkout in `root`."""
    return {name: source.replace("ROOT", repr(root)).replace("NAME", NAME) for name, source in forgery.cells.items()}


__all__ = ["FORGERIES", "PROGRAM", "Forgery", "cells_of"]
