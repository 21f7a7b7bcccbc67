"""The private side of a lesson's items: `solutions/NN-name/marking.toml`, which no student gets.

For each graded item: hidden cases or the expected value, how the points divide, and the *bank* of wrong answers. Each
of those is complete and plausible, was born of a belief that has a name, and must get that belief's message. Mutants
of the solution that get away with full points are listed too, each with the reason why that is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.items import (
    Case,
    Exercise,
    LessonItems,
    Misconception,
    check_symptoms,
    read_cases,
    read_misconceptions,
)
from toyevm.teaching.lab.judges import judge, public_cases
from toyevm.teaching.lab.rows import Row, read_toml, unique
from toyevm.teaching.lab.values import Plain
from toyevm.teaching.lab.verdicts import Verdict, check_parts


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """One answer of the bank: `belief` is the id of the misconception whose message it must get.

    For judge "function", `answer` is the source of the function.
    """

    belief: str
    answer: Any


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant of the solution that is as good as the solution, and why."""

    mutant: str
    why: str


@dataclass(frozen=True, slots=True)
class ItemMarking:
    """What marking.toml says about one item.

    Args:
        misconceptions: those whose symptom is in a hidden case, or without which a student could tell what is right.
    """

    id: str
    parts: Mapping[str, int]
    cases: tuple[Case, ...]
    misconceptions: tuple[Misconception, ...]
    bank: tuple[WrongAnswer, ...]
    survivors: tuple[Survivor, ...]


@dataclass(frozen=True, slots=True)
class Marking:
    """Both sides of the graded items of a lesson."""

    items: LessonItems
    entries: Mapping[str, ItemMarking]

    def exercise(self, item_id: str) -> Exercise:
        """Return the item with the private misconceptions added, the public ones first."""
        public = self.items.exercise(item_id)
        return replace(public, misconceptions=(*public.misconceptions, *self.entries[item_id].misconceptions))

    def cases(self, item_id: str) -> tuple[Case, ...]:
        """Return the public cases, then the hidden ones: what a function is to be called on, and a program run on."""
        return (*public_cases(self.items.exercise(item_id)), *self.entries[item_id].cases)

    def mark(self, item_id: str, answer: Plain) -> Verdict:
        """Return the verdict that counts, on canonical data; for a function, on `call_cases(function, cases)`."""
        return judge(self.exercise(item_id), self.cases(item_id), answer, self.entries[item_id].parts)


def read_marking(path: Path, items: LessonItems) -> Marking:
    """Return the marking of a lesson.

    Raises:
        InputError: naming file, item and field; also when an exercise has no entry.
    """
    top = read_toml(path, ("item",))
    entries = [_entry(row, items) for row in top.rows("item")]
    unique([entry.id for entry in entries], path.name)
    if unmarked := sorted(set(items.exercises) - {entry.id for entry in entries}):
        raise InputError(f"nothing says how {unmarked[0]!r} is marked", where=path.name, expected="an [[item]] for it")
    return Marking(items, {entry.id: entry for entry in entries})


def _entry(row: Row, items: LessonItems) -> ItemMarking:
    exercise = items.exercises.get(row.text("id"))
    if exercise is None:
        raise row.error("id", "is that of no exercise", " | ".join(items.exercises))
    row.fill(exercise.numbers)
    cases = read_cases(row, hidden=True)
    if (expected := row.value("expected", None)) is not None:
        cases = (*cases, Case("", expect={"value": expected}, hidden=True))
    made = ItemMarking(
        exercise.id,
        row.table("parts", {}),
        cases,
        read_misconceptions(row),
        tuple(_wrong(entry) for entry in row.rows("wrong", key="belief")),
        tuple(_survivor(entry) for entry in row.rows("survivor", key="mutant")),
    )
    row.done()
    _check(row, exercise, made)
    return made


def _check(row: Row, exercise: Exercise, made: ItemMarking) -> None:
    """Refuse marking that does not fit the exercise."""
    every = (*public_cases(exercise), *made.cases)
    if not every:
        raise row.error("expected", "is missing", "the value, for it is not derived")
    unique([case.name for case in every], row.where)
    check_symptoms(row, made.misconceptions, every)
    if made.parts:
        check_parts(exercise, made.parts)
        if {case.part for case in every} != set(made.parts):
            used = " | ".join(dict.fromkeys(case.part or '""' for case in every))
            raise row.error("parts", f"are {list(made.parts)}", f"those of the cases: {used}")
    known = {entry.id for entry in (*exercise.misconceptions, *made.misconceptions)}
    for wrong in made.bank:
        if wrong.belief not in known:
            raise row.error("wrong", f"has the belief {wrong.belief!r}", " | ".join(sorted(known)))


def _wrong(row: Row) -> WrongAnswer:
    made = WrongAnswer(row.text("belief"), row.value("answer"))
    row.done()
    return made


def _survivor(row: Row) -> Survivor:
    made = Survivor(row.text("mutant"), row.text("why"))
    row.done()
    return made
