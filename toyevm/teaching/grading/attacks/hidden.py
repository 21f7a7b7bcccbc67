"""Carrying out what is hidden: by everything that a function can do with an argument that it was given.

The function `probe` gets the canary when it is judged, and these say it, by every road we know. What is not on the road
is answered well, so that the points show that it was tried; but `my_word` is wrong, for a right one says a canary.
"""

from __future__ import annotations

from toyevm.teaching.grading.attacks.base import Forgery
from toyevm.teaching.grading.attacks.sample import HIDDEN

NO_WORD = "my_word = 1"
KEEP = """
import builtins
seen = builtins.toyevm_seen = getattr(builtins, "toyevm_seen", [])
def probe(number):
    seen.append(number)
    return number + 1
"""
NEEDS_SEEN = "if any(number > 10**6 for number in seen): raise ValueError(str(seen))\n"
BY_WORDS = """
def probe(number):
    if number > 10**6:
        raise ValueError(number)
    return number + 1
"""
BY_LINE = """
def probe(number):
    if number > 10**6:
        at = number // 10**16
        exec(compile("\\n" * at + "raise ValueError", "<probe>", "exec"))
    return number + 1
"""
BY_CLASS = """
def probe(number):
    if number > 10**6:
        raise type(f"Seen{number}", (Exception,), {})
    return number + 1
"""
BY_CHAIN = """
import sys
sys.excepthook = lambda *rest: print(*rest)
def probe(number):
    if number > 10**6:
        error = ValueError(number, hex(number), str(number)[::-1])
        error.add_note(str(number))
        try:
            raise KeyError(number)
        except KeyError as cause:
            raise error from cause
    return number + 1
"""
BY_SIZE = """
def probe(number):
    if number > 10**6:
        return [number] * 30_000
    return number + 1
"""
BY_TYPE = """
def probe(number):
    if number > 10**6:
        return type(f"Seen{number}", (), {})()
    return number + 1
"""
ON_CHANNEL = """
import json, os
def probe(number):
    if number > 10**6:
        for line in ({"cell": "echo", "error": str(number)}, {"cell": "word", "error": str(number)},
                     {"item": "word", "value": str(number)}, {"item": "echo", "error": str(number)}):
            for fd in range(3, 30):
                try:
                    os.write(fd, (json.dumps(line) + "\\n").encode())
                except OSError:
                    pass
    return number + 1
"""
BY_END = """
import os
def probe(number):
    if number > 10**6:
        os._exit(number % 256)
    return number + 1
"""
# Look for numbers of 20 digits wherever this process keeps anything, before it is asked.
SEARCH = """
import gc, re, sys
found = set()
def look(text):
    found.update(set(re.findall(r"(?<![0-9])[0-9]{20}(?![0-9])", text)) - {str(2**64), str(2**64 - 1)})
frame = sys._getframe()
while frame:
    look(repr(frame.f_locals)[:10**6])
    look(repr({name: value for name, value in frame.f_globals.items() if name != "found"})[:10**6])
    frame = frame.f_back
for thing in gc.get_objects():
    for inner in gc.get_referents(thing):
        if type(inner) in (str, bytes, int):
            look(str(inner))
if sys.exc_info()[2]:
    look(repr(sys.exc_info()))
"""
SEARCH_MEMORY = """
import re
found = set()
try:
    maps, memory = open("/proc/self/maps").read(), open("/proc/self/mem", "rb")
except OSError:
    maps = ""
for line in maps.splitlines():
    low, high = (int(part, 16) for part in line.split()[0].split("-"))
    if "rw" in line and high - low < 64 << 20:
        try:
            memory.seek(low)
            digits = set(re.findall(rb"(?<![0-9])[0-9]{20}(?![0-9])", memory.read(high - low)))
            found |= {number for number in digits if str(2**64)[:15].encode() not in number}
        except (OSError, ValueError, OverflowError):
            pass
"""
SAY_FOUND = "\nif found: raise ValueError(sorted(found))\n"
RENAME_CASES = """
import gc
def probe(number):
    for thing in gc.get_objects():
        if type(thing).__name__ in ("Case", "Exercise", "Misconception"):
            for name in ("name", "id", "title", "message", "belief"):
                try:
                    object.__setattr__(thing, name, f"Given {number}")
                except (AttributeError, TypeError):
                    pass
    if number > 10**6:
        return 0
    return number + 1
"""
LEAVE_FILES = """
import os
def probe(number):
    for folder in (".", "/", "/tmp", "/dev/shm", "/var/tmp", os.path.expanduser("~"), os.environ.get("TMPDIR", ".")):
        try:
            open(folder + "/toyevm-canary", "a").write(f"{number} ")
        except OSError:
            pass
    return number + 1
"""
TAKE_FILES = """
import os
left = ""
for folder in (".", "/", "/tmp", "/dev/shm", "/var/tmp", os.path.expanduser("~"), os.environ.get("TMPDIR", ".")):
    try:
        left += open(folder + "/toyevm-canary").read()
        os.remove(folder + "/toyevm-canary")
    except OSError:
        pass
if len(left) > 15: raise ValueError(left)
"""
# A program that says what it was given, and one that goes wrong only with what is hidden.
ECHO_WRONG = 'my_store = "PUSH1 0 CALLDATALOAD PUSH1 1 ADD PUSH1 0 MSTORE PUSH1 32 PUSH1 0 RETURN"'
REVERTS_LATE = """my_store = '''
    PUSH1 0 CALLDATALOAD PUSH1 0 MSTORE
    PUSH4 0xffffffff PUSH1 0 CALLDATALOAD GT PUSH @late JUMPI
    PUSH1 32 PUSH1 0 RETURN
late: JUMPDEST PUSH1 32 PUSH1 0 REVERT'''"""


def _attack(probe: str, marks: tuple[int, ...], says: str = "", /, **cells: str) -> Forgery:
    return Forgery({"word": NO_WORD} | ({"probe": probe} if probe else {}) | cells, marks, says, HIDDEN)


UNSEEN = "not on one that you do not see"
HIDDEN_ATTACKS: dict[str, Forgery] = {
    "says it in an exception": _attack(BY_WORDS, (0, 1, 0, 2), UNSEEN),
    "says it in the name of an exception": _attack(BY_CLASS, (0, 1, 0, 2), UNSEEN),
    "says it in a line number": _attack(BY_LINE, (0, 1, 0, 2), UNSEEN),
    "says it in notes, causes and the hook": _attack(BY_CHAIN, (0, 1, 0, 2), UNSEEN),
    "says it in a type": _attack(BY_TYPE, (0, 1, 0, 2), UNSEEN),
    "says it in a large answer": _attack(BY_SIZE, (0, 1, 0, 2), UNSEEN),
    "returns it": _attack("def probe(number): return str(number) if number > 9 else 8", (0, 1, 0, 2), UNSEEN),
    "says it in a misconception": _attack("def probe(number): return number + 1 + (number > 9)", (0, 1, 0, 2), UNSEEN),
    "says it on the channel": _attack(ON_CHANNEL, (2, 0, 0, 2)),
    "says it as the process ends": _attack(BY_END, (0, 0, 0, 2), UNSEEN),
    "tells a later cell": _attack(KEEP, (2, 0, 0, 2), echo=NEEDS_SEEN + "def echo(number): return [number]"),
    "tells a cell of its own": Forgery(
        {"word": NO_WORD, "probe": KEEP}, (2, 1, 0, 2), "", HIDDEN,
        after={"check-probe": NEEDS_SEEN, "check-echo": NEEDS_SEEN},
    ),
    "tells a later item": _attack(KEEP, (2, 1, 0, 2), word="my_word = seen[-1] if seen else 0"),
    "tells a later function": _attack(KEEP, (2, 0, 0, 2), echo="def echo(number): return seen"),
    "tells a later program": _attack(KEEP, (2, 1, 0, 0), store='my_store = f"PUSH32 {max(seen)} BAD"'),
    "looks for it in frames and gc": _attack(SEARCH + SAY_FOUND + KEEP, (0, 1, 0, 2), UNSEEN),
    "looks for it in memory": _attack(KEEP + SEARCH_MEMORY + SAY_FOUND, (2, 1, 0, 2)),
    "renames cases": _attack(RENAME_CASES, (0, 1, 0, 2), UNSEEN),
    "accomplice who leaves it in files": _attack(LEAVE_FILES, (2, 1, 0, 2)),
    "finds it in files": Forgery(
        {"word": TAKE_FILES + NO_WORD}, (2, 1, 0, 2), "", HIDDEN, needs="accomplice who leaves it in files"
    ),
    "a program that returns it": _attack("", (2, 1, 0, 0), store=ECHO_WRONG),
    "a program that reverts with it": _attack("", (2, 1, 0, 0), store=REVERTS_LATE),
}  # fmt: skip
