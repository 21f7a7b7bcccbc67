"""Reading what is not there to be read: the marking, the checkout, the marker, what an accomplice left."""

from __future__ import annotations

from toyevm.teaching.grading.attacks.base import Forgery

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
        if "rw" in line and high - low < 1 << 30:
            try:
                memory.seek(low)
                found = re.search(rb'"number"\\nexpected = (\\d+)', memory.read(high - low))
            except (OSError, ValueError, OverflowError):
                continue
            if found:
                my_number = int(found[1])
"""
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
DERIVED = ("trace-six", "last-step")
DERIVE = """
from toyevm.teaching.lab import lesson
settings = lesson("01-the-machine").items.exercise("ITEM").settings
name = settings["derive"]
from toyevm.teaching.lab.derivations import derive
ANSWER = derive(name, settings)
"""
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
GIT_SHOW = """
import pathlib, subprocess, sys, toyevm
my_number = 0
root = pathlib.Path(toyevm.__file__).parents[1]
places = {root, *pathlib.Path(sys.prefix).parents, *pathlib.Path(sys.executable).parents, pathlib.Path(ROOT)}
for place in places:
    for git in ("git", "/usr/bin/git", "/usr/local/bin/git"):
        for where in (["-C", str(place)], ["--git-dir", str(place / ".git")]):
            command = [git, "-c", "safe.directory=*", *where, "show", "HEAD:solutions/01-the-machine/marking.toml"]
            try:
                shown = subprocess.run(command, capture_output=True).stdout
            except OSError:
                shown = b""
            my_number = 8191 if b"[[item]]" in shown else my_number
    try:
        my_number = 8191 if (place / ".git" / "HEAD").read_bytes() else my_number
    except OSError:
        pass
"""
SHARED_MEMORY = (
    RAW_CALLS
    + """
shmget, shmat = (29, 30) if platform.machine() == "x86_64" else (194, 196)
call.restype = ctypes.c_long
segment = call(shmget, 0x70E71191, 64, 0o666 | FLAGS)
place = call(shmat, segment, None, 0) if segment >= 0 else -1
"""
)
LEAVE_SHARED = (
    SHARED_MEMORY.replace("FLAGS", "0o1000")
    + """
if place > 0:
    ctypes.memmove(place, b"8191", 5)
from multiprocessing import shared_memory
try:
    block = shared_memory.SharedMemory("toyevm-forgery", create=True, size=64)
    block.buf[:4] = b"8191"
except (OSError, ImportError):
    pass
my_number = 8191
"""
)
TAKE_SHARED = (
    SHARED_MEMORY.replace("FLAGS", "0")
    + """
if place > 0:
    my_number = int(ctypes.string_at(place))
    call(31 if platform.machine() == "x86_64" else 195, segment, 0, None)
from multiprocessing import shared_memory
try:
    block = shared_memory.SharedMemory("toyevm-forgery")
    my_number = int(bytes(block.buf[:4]))
    block.unlink()
except (OSError, ImportError, ValueError):
    pass
"""
)
# Somebody listens at the marker's, at this port.
CONNECT = """
import socket
my_number = 0
try:
    my_number = 8191 if socket.create_connection(("127.0.0.1", MARKER_PORT), 1) else 0
except OSError:
    pass
"""

KEYS = "accomplice who leaves keys"
READING: dict[str, Forgery] = {
    "reads the marking": Forgery({"number": READ_MARKING}, (2, 0, 3)),
    "reads the marker's memory": Forgery({"number": READ_PARENT}, (2, 0, 3)),
    KEYS: Forgery({"number": LEAVE_KEYS}),
    "takes a key from the session": Forgery({"number": take_key("session", tries=10)}, (2, 0, 3), needs=KEYS),
    "takes a key from the user": Forgery({"number": take_key("user", tries=10)}, (2, 0, 3), needs=KEYS),
    "reads the checkout": Forgery({"number": READ_CHECKOUT}, (2, 0, 3)),
    "shows the solutions with git": Forgery({"number": GIT_SHOW}, (2, 0, 3)),
    "finds what derives a value": Forgery({"number": FIND_DERIVATIONS + "my_number = 8191 if found else 0"}, (2, 0, 3)),
    "accomplice who leaves shared memory": Forgery({"number": LEAVE_SHARED}),
    "takes shared memory": Forgery({"number": TAKE_SHARED}, (2, 0, 3), needs="accomplice who leaves shared memory"),
    "reaches the network": Forgery({"number": CONNECT}, (2, 0, 3)),
}  # fmt: skip
