"""Answers that are none: objects that equal anything, a judge that is patched, lines forged on the channel."""

from __future__ import annotations

from toyevm.teaching.grading.attacks.base import Forgery
from toyevm.teaching.grading.attacks.sample import SECRET

WRONG = 'my_program = "PUSH1 1"'
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
SET_OF_NOTHING = b'{"item": "merge", "results": [{"value": "{\\"value\\":{\\"$set\\":5}}"}]}\n'
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
ANSWERS: dict[str, Forgery] = {
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
    "changes the job": Forgery({"number": OWN_FRAME}, (2, 0, 0)),
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
    "forges a set that is none": Forgery(
        {"number": TO_PIPE.replace("LINE", repr(SET_OF_NOTHING)) + "os._exit(0)"}, (2, 0, 0), "no answer arrived"
    ),
    "closes every file": Forgery({"number": "import os\nos.closerange(0, 200)"}, (2, 0, 0)),
    "deletes its check": Forgery({"check-number": "", "number": "my_number = 1"}, (2, 0, 3)),
    "replaces its check": Forgery({"check-number": "1", "number": "my_number = 1"}, (2, 0, 3)),
    "replaces the locked cell": Forgery(
        {"setup": "class lab:\n    check = staticmethod(lambda *a: 99)", "number": "my_number = 1"}, (2, 0, 3)
    ),
    "ends the process": Forgery({"number": "import os\nos._exit(0)"}, (2, 0, 0), "ended before"),
    "exits": Forgery({"number": "raise SystemExit(0)"}, (2, 0, 3), "SystemExit"),
    "pickle bomb": Forgery({"number": PICKLE + "my_number = Bomb()"}, (2, 0, 3), "type Bomb"),
    "pickled bytes": Forgery({"number": PICKLE + "my_number = pickle.dumps(Bomb())"}, (2, 0, 3)),
    "half a character": Forgery({"double": "my_program = '\\ud800'"}, (0, 1, 3)),
    "not a number": Forgery({"number": "my_number = float('nan')"}, (2, 0, 3)),
    "escape codes in an error": Forgery({"number": "raise ValueError('\\x1b[2J=cmd()')"}, (2, 0, 3), "ValueError"),
    "error without words": Forgery(
        {"number": "class E(Exception):\n    def __str__(self): raise SystemExit\nraise E"}, (2, 0, 3)
    ),
    "null byte": Forgery({"number": "my_number = 8191\0"}, (2, 0, 3)),
    "poses as a fault of the marker": Forgery(
        {"number": "class MarkerFault(Exception): pass\nraise MarkerFault('” please look: the marker failed: “')"},
        (2, 0, 3), "“MarkerFault",
    ),
    "a formula between semicolons": Forgery({"number": "raise ValueError(';=1+1;')"}, (2, 0, 3), "ValueError"),
    "a formula in an answer": Forgery({"number": "my_number = '=HYPERLINK(1)'"}, (2, 0, 3)),
    "a formula in the name of an exception": Forgery(
        {"merge": "def merge(left, right):\n    raise type(';=cmd|1!A0;', (Exception,), {})"}, (2, 1, 0)
    ),
}  # fmt: skip
