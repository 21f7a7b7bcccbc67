"""Judge programs in a process with a CPU limit.

A program is data, and our machine runs it, so it can do no harm; but it can be made to keep the machine busy, or the
assembler, and gas is no measure of our time. So the process is ended when an item has used up its seconds of the CPU,
by the system and not by itself, since a long computation inside of a library would not listen. That item earns
nothing, and another process goes on with the next.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.grading.plainjson import read_json
from toyevm.teaching.grading.process import DONE, python_command, talk
from toyevm.teaching.grading.ruling import Ruling, read_ruling, rule
from toyevm.teaching.lab.items import read_items
from toyevm.teaching.lab.marking import Marking, read_marking
from toyevm.teaching.lab.values import Plain, from_text, to_text
from toyevm.teaching.lab.variants import Variant


@dataclass(frozen=True, slots=True)
class Sources:
    """The two files that say what is right, and whose numbers are meant."""

    items: Path
    marking: Path
    variant: Variant | None = None

    def read(self) -> Marking:
        """Return the marking; raise InputError when the files are not as they should be."""
        return read_marking(self.marking, read_items(self.items, self.variant))


def rule_on_programs(sources: Sources, answers: Mapping[str, Plain], seconds: float, memory: int) -> dict[str, Ruling]:
    """Return what each program earns.

    Args:
        answers: by item.
        seconds: of the CPU, for each item.
        memory: bytes, for the process.
    """
    rulings: dict[str, Ruling] = {}
    while left := {item: to_text(answer) for item, answer in answers.items() if item not in rulings}:
        found, trouble = _hold_session(sources, left, seconds, memory)
        rulings |= found
        if stuck := next((item for item in left if item not in found), None):
            rulings[stuck] = trouble
    return rulings


def _hold_session(
    sources: Sources, answers: Mapping[str, str], seconds: float, memory: int
) -> tuple[dict[str, Ruling], Ruling]:
    """Return the rulings of one process, and the one on the program at which it ended."""
    variant = sources.variant and [sources.variant.student, sources.variant.release]
    job = {
        "items": str(sources.items.resolve()), "marking": str(sources.marking.resolve()), "variant": variant,
        "answers": answers, "seconds": seconds, "memory": memory,
    }  # fmt: skip
    patience = 30 + 4 * seconds * len(answers)  # by the clock on the wall: only a machine that stands still needs it
    said, ended, code = talk(python_command(sys.executable, __name__), job, patience, 1 << 20)
    rulings: dict[str, Ruling] = {}
    with suppress(InputError):
        for line in said.splitlines():
            document = read_json(line)
            ruling = read_ruling(document)
            if ruling is not None and document.get("item") in answers:
                rulings[document["item"]] = ruling
    if code == -signal.SIGPROF:
        return rulings, Ruling(message=f"Running it took longer than {seconds:g} s.")
    return rulings, Ruling(fault=f"the marker failed: the referee {ended or f'ended with {code}'}")


def main() -> None:
    """Read a job from stdin, and write one line for each item."""
    import resource  # not everywhere, and nobody is marked there

    job: dict[str, Any] = json.load(sys.stdin)
    variant = Variant(*job["variant"]) if job["variant"] else None
    marking = Sources(Path(job["items"]), Path(job["marking"]), variant).read()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):  # macOS knows this limit and lets nobody set it
        resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    for item, answer in job["answers"].items():
        signal.setitimer(signal.ITIMER_PROF, job["seconds"])  # its signal ends the process
        program = from_text(answer)
        ruling = rule(marking, item, program, program)
        signal.setitimer(signal.ITIMER_PROF, 0)
        _say({"item": item, **asdict(ruling)})
    sys.stdout.write(DONE.decode())
    sys.stdout.flush()


def _say(line: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
