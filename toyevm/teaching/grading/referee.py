"""Judge programs in a second sandbox, in which there is no student's Python.

A program is data, and our machine runs it, so it can do no harm; but it can be made to keep the machine busy, or the
assembler, and gas is no measure of our time. So the kernel ends the process when it has used up its seconds of the
processor, for a long computation inside of a library would not listen to anybody else. What was not judged by then
begins anew, and a program at which a process ends that has judged nothing else earns nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from toyevm.errors import InputError
from toyevm.teaching.grading.child import begin
from toyevm.teaching.grading.plainjson import read_json
from toyevm.teaching.grading.process import DONE, Said
from toyevm.teaching.grading.sandbox import Limits, Sandbox
from toyevm.teaching.lab.items import read_items
from toyevm.teaching.lab.marking import Marking, read_marking
from toyevm.teaching.lab.values import Plain, from_text, to_text
from toyevm.teaching.lab.variants import Variant
from toyevm.teaching.lab.verdicts import Status, Verdict

LONGEST_REASON = 300
_START = 1  # second of the processor, to read what is right
Ruling = tuple[int, str]  # points, and why they are not all


@dataclass(frozen=True, slots=True)
class Sources:
    """The two files that say what is right, and whose numbers are meant."""

    items: Path
    marking: Path
    variant: Variant | None = None

    def read(self) -> Marking:
        """Return the marking; raise InputError when the files are not as they should be."""
        return read_marking(self.marking, read_items(self.items, self.variant))


def rule(marking: Marking, item: str, answer: Plain) -> Ruling:
    """Return what an answer earns."""
    try:
        verdict = marking.mark(item, answer)
    except InputError as error:
        return 0, error.what
    except Exception as error:  # an answer that a judge cannot digest is no answer
        return 0, f"could not be judged: {type(error).__name__}: {error}"[:LONGEST_REASON]
    return verdict.points, explain(verdict)[:LONGEST_REASON]


def explain(verdict: Verdict) -> str:
    """Return in one line, for the instructor, why an answer has not earned all its points."""
    if verdict.status is Status.RIGHT:
        return ""
    reasons = [verdict.misconception.id] if verdict.misconception else []
    if verdict.divergence is not None:
        found = verdict.divergence
        reasons.append(f"{found.case.name or 'answer'}: {found.yours}, not {found.expected}")
    return "; ".join(reasons) or verdict.what


def rule_on_programs(sources: Sources, answers: Mapping[str, Plain], sandbox: Sandbox) -> dict[str, Ruling]:
    """Return what each program earns, by item; the sandbox says how isolated, and for how many seconds each."""
    limits = replace(sandbox.limits, seconds=sandbox.limits.program_seconds + _START)
    referee = replace(sandbox, limits=limits, child=__name__, hides=False)
    files = {"items.toml": sources.items.read_bytes(), "marking.toml": sources.marking.read_bytes()}
    variant = sources.variant and [sources.variant.student, sources.variant.release]
    rulings: dict[str, Ruling] = {}
    while left := {item: to_text(answer) for item, answer in answers.items() if item not in rulings}:
        said = referee.talk({"variant": variant, "answers": left}, files)
        found = dict(_read(said.text, left))
        if not found:
            found[next(iter(left))] = 0, _trouble(said, limits)
        rulings |= found
    return rulings


def _read(text: bytes, answers: Mapping[str, str]) -> Iterator[tuple[str, Ruling]]:
    """Yield the rulings in what a referee said."""
    with suppress(InputError):
        for line in text.splitlines():
            match read_json(line):
                case {"item": str(item), "points": int(points), "reason": str(reason)} if item in answers:
                    yield item, (points, reason)


def _trouble(said: Said, limits: Limits) -> str:
    """Return why there is no ruling."""
    if said.wall_hit or said.why_killed(limits.seconds):
        return f"running it took longer than {limits.program_seconds:g} s"
    return f"could not be judged: {said.ended or said.code}"


def main() -> None:
    """Read a job from stdin, and write one line for each item."""
    job, channel = begin()
    variant = Variant(*job["variant"]) if job["variant"] else None
    marking = Sources(Path("items.toml"), Path("marking.toml"), variant).read()
    for item, answer in job["answers"].items():
        points, reason = rule(marking, item, from_text(answer))
        os.write(channel, json.dumps({"item": item, "points": points, "reason": reason}).encode() + b"\n")
    os.write(channel, DONE)
