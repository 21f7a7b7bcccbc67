"""Judge programs in a second sandbox, in which there is no student's Python.

A program is data, and our machine runs it, so it can do no harm; but it can be made to keep the machine busy, or the
assembler, and gas is no measure of our time. So the kernel ends the process when it has used up its seconds of the
processor, for a long computation inside of a library would not listen to anybody else. What was not judged by then
begins anew, and a program at which a process ends that has judged nothing else earns nothing.

The public cases come first, and what is said comes from them alone. So if a process ends at a hidden case, nothing
says that it did.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from toyevm.errors import InputError
from toyevm.teaching.grading.child import begin
from toyevm.teaching.grading.plainjson import read_json
from toyevm.teaching.grading.process import DONE, Said
from toyevm.teaching.grading.ruling import Ruling, read_ruling, rule, what_is_said
from toyevm.teaching.grading.sandbox import Limits, Sandbox
from toyevm.teaching.lab.items import read_items
from toyevm.teaching.lab.marking import Marking, read_marking
from toyevm.teaching.lab.values import Plain, from_text, to_text
from toyevm.teaching.lab.variants import Variant

_START = 1  # second of the processor, to read what is right


@dataclass(frozen=True, slots=True)
class Sources:
    """The two files that say what is right, and whose numbers are meant."""

    items: Path
    marking: Path
    variant: Variant | None = None

    def read(self) -> Marking:
        """Return the marking; raise InputError when the files are not as they should be."""
        return read_marking(self.marking, read_items(self.items, self.variant))


def rule_on_programs(sources: Sources, answers: Mapping[str, Plain], sandbox: Sandbox) -> dict[str, Ruling]:
    """Return what each program earns, by item; the sandbox says how isolated, and for how many seconds each."""
    limits = replace(sandbox.limits, seconds=sandbox.limits.program_seconds + _START)
    referee = replace(sandbox, limits=limits, child=__name__, hides=False)
    files = {"items.toml": sources.items.read_bytes(), "marking.toml": sources.marking.read_bytes()}
    variant = sources.variant and [sources.variant.student, sources.variant.release]
    rulings: dict[str, Ruling] = {}
    while left := {item: to_text(answer) for item, answer in answers.items() if item not in rulings}:
        said = referee.talk({"variant": variant, "answers": left}, files)
        found, words = dict(_read(said.text, left)), dict(_read_words(said.text))
        if not found:
            first = next(iter(left))
            found[first] = Ruling(message=words[first]) if first in words else _trouble(said, limits)
        rulings |= found
    return rulings


def _read(text: bytes, answers: Mapping[str, str]) -> Iterator[tuple[str, Ruling]]:
    """Yield the rulings in what a referee said."""
    with suppress(InputError):
        for line in text.splitlines():
            document = read_json(line)
            ruling = read_ruling(document)
            if ruling is not None and document.get("item") in answers:
                yield document["item"], ruling


def _read_words(text: bytes) -> Iterator[tuple[str, str]]:
    """Yield what a referee said of the public cases, item by item."""
    with suppress(InputError):
        for line in text.splitlines():
            match read_json(line):
                case {"item": str(item), "words": str(words)}:
                    yield item, words


def _trouble(said: Said, limits: Limits) -> Ruling:
    """Return why there is no ruling."""
    if said.wall_hit or said.why_killed(limits.seconds):
        return Ruling(message=f"Running it took longer than {limits.program_seconds:g} s.")
    return Ruling(fault=f"the marker failed: the referee {said.ended or f'ended with {said.code}'}")


def main() -> None:
    """Read a job from stdin, and write one line for each item."""
    job, channel = begin()
    variant = Variant(*job["variant"]) if job["variant"] else None
    marking = Sources(Path("items.toml"), Path("marking.toml"), variant).read()
    for item, answer in job["answers"].items():
        program = from_text(answer)
        words = what_is_said(marking.items.exercise(item), program)
        os.write(channel, json.dumps({"item": item, "words": words}).encode() + b"\n")
        ruling = rule(marking, item, program, program)
        os.write(channel, json.dumps({"item": item, **asdict(ruling)}).encode() + b"\n")
    os.write(channel, DONE)
