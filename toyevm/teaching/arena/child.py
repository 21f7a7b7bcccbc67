"""The scheduler's side, in the sandbox: load the team's file, and answer each question with its move.

The file defines `class Scheduler` with `__init__(self, block, cores)` and `next(self, core, now, head, news)`, which
returns a move as `moves` has it: ("run", 5), ("commit",), ("commit unchecked",), ("wait",) or ("wait", 900). This
process belongs to the team from its first line on; what it writes is read as a move, and as nothing else.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from toyevm.teaching.grading.child import begin

FILE = "scheduler.py"
LONGEST = 300


def main() -> None:
    """Answer until the questions end."""
    questions = os.fdopen(os.dup(0), "rb")
    job, channel = begin(lambda: json.loads(questions.readline()))

    def say(**answer: Any) -> None:
        os.write(channel, json.dumps(answer).encode() + b"\n")

    try:
        with open(FILE, encoding="utf-8") as file:
            source = file.read()
        namespace: dict[str, Any] = {"__name__": "scheduler"}
        exec(compile(source, FILE, "exec"), namespace)
        scheduler = namespace["Scheduler"](job["block"], job["cores"])
        say(ready=True)
        while line := questions.readline():
            action, *number = scheduler.next(**json.loads(line))
            say(do=action, **({"until" if action == "wait" else "tx": number[0]} if number else {}))
    except BaseException as error:
        say(error=f"{type(error).__name__}: {error}"[:LONGEST])
    sys.stdout.flush()
    os._exit(0)
