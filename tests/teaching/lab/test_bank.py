"""The bank of wrong answers and the mutants: every check of every graded item is shown to bite.

For each lesson that has a marking.toml, and for a lesson made for this test: the solution earns full points, an
untouched notebook none; every wrong answer earns fewer and gets the message of its own belief; and every mutant of
the solution is found out, or somebody has written down why it is as good as the solution.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.teaching.lab.bank import FIXTURE, REPOSITORY, Lesson, lessons, read_lesson, survivors, wrong_answer
from toyevm.teaching.lab.check import verdict_on
from toyevm.teaching.lab.items import Exercise
from toyevm.teaching.lab.values import canonical
from toyevm.teaching.lab.verdicts import Status

FEWEST_WRONG = 3
LESSONS = lessons(REPOSITORY, FIXTURE)


def untouched(lesson: Lesson, item: Exercise) -> Iterator[str]:
    for answer in (..., None, ""):
        verdict = lesson.mark(item, answer)
        if (verdict.points, verdict.status) != (0, Status.MISSING):
            yield f"{item.id}: {answer!r} is {verdict.status} and earns {verdict.points}"


def solution(lesson: Lesson, item: Exercise) -> Iterator[str]:
    verdict = lesson.mark(item, lesson.solution(item))
    if (verdict.points, verdict.status) != (item.points, Status.RIGHT):
        yield f"{item.id}: the solution is {verdict.status} and earns {verdict.points} of {item.points}"


def wrong_answers(lesson: Lesson, item: Exercise) -> Iterator[str]:
    entry, known = lesson.marking.entries[item.id], {one.id for one in item.misconceptions}
    if len(entry.bank) < FEWEST_WRONG:
        yield f"{item.id}: only {len(entry.bank)} wrong answers"
    for wrong in entry.bank:
        answer = wrong_answer(lesson, item, wrong.answer)
        verdict = lesson.mark(item, answer)
        got = verdict.misconception.id if verdict.misconception else "none"
        if verdict.points >= verdict.of or verdict.status is Status.MISSING:
            yield f"{item.id}: {wrong.belief} is {verdict.status} and earns {verdict.points} of {verdict.of}"
        if got != wrong.belief:
            yield f"{item.id}: {wrong.belief} gets the message of {got}"
        seen = verdict_on(item, answer).misconception
        if wrong.belief in known and (seen is None or seen.id != wrong.belief):
            yield f"{item.id}: {wrong.belief} gets its message from the marker only"


def beliefs(lesson: Lesson, item: Exercise) -> Iterator[str]:
    every = lesson.marking.exercise(item.id).misconceptions
    banked = {wrong.belief for wrong in lesson.marking.entries[item.id].bank}
    yield from (f"{item.id}: no wrong answer for {one.id}" for one in every if one.id not in banked)
    messages = [one.message for one in every]
    if len(set(messages)) < len(messages):
        yield f"{item.id}: one message for two beliefs"
    right = canonical(lesson.solution(item)) if item.judge == "value" else None
    for one in every:
        if type(right) is int and re.search(rf"(?<![\d,.]){right}(?![\d,.]\d|\d)", one.message):
            yield f"{item.id}: the message of {one.id} says the answer"


def puzzles(lesson: Lesson, item: Exercise) -> Iterator[str]:
    head = f"def {item.answer}("
    if item.judge == "function" and item.parsons and not any(line.startswith(head) for line in item.parsons):
        yield f"{item.id}: no line of its puzzle begins with {head!r}"


def mutants(lesson: Lesson, item: Exercise) -> Iterator[str]:
    alive, made = survivors(lesson, item)
    explained = [one.mutant for one in lesson.marking.entries[item.id].survivors]
    if not made:
        yield f"{item.id}: no mutants"
    yield from (
        f"{item.id}: {change!r} earns full points, and nobody says why" for change in set(alive) - set(explained)
    )
    yield from (f"{item.id}: {change!r} is explained but does not survive" for change in set(explained) - set(alive))


@cache
def read_once(folder: Path) -> Lesson:
    """Return a lesson that checks share, since running some solutions takes seconds."""
    return read_lesson(folder)


CHECKS = [untouched, solution, wrong_answers, beliefs, puzzles, mutants]


def problems(lesson: Lesson) -> list[str]:
    return [words for item in lesson.exercises.values() for check in CHECKS for words in check(lesson, item)]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("folder", LESSONS, ids=lambda folder: folder.name)
def test_every_check_of_a_graded_item_bites(folder: Path, check: object) -> None:
    lesson = read_lesson(folder) if check is mutants else read_once(folder)  # a mutant may spoil what it is given
    assert callable(check)
    assert [words for item in lesson.exercises.values() for words in check(lesson, item)] == []


def test_the_bank_holds_the_fixture_and_the_course() -> None:
    assert [folder.name for folder in LESSONS if folder.parents[1] == FIXTURE] == ["03-shop"]
    assert "01-the-machine" in [folder.name for folder in LESSONS]


# What is changed in which file of the fixture, and what is then to be complained of.
WRONGS = {
    "a hidden case is missing": (
        "marking.toml",
        'args = [["A", "B"], ["B", "C"]]',
        'args = [["A", "B"], ["A", "C"]]',
        ["meet: same-role-only is right and earns 3 of 3", "meet: same-role-only gets the message of none"],
    ),
    "the solution is wrong": (
        "03-shop.ipynb",
        "return one[0] in other or one[1] in other",
        "return one[0] == other[0] or one[1] == other[1]",
        ["meet: the solution is partial and earns 2 of 3"],
    ),
    "the solution earns nothing": ("03-shop.ipynb", "    3\\n", "    4\\n", ["units: the solution is wrong"]),
    "too few wrong answers": (
        "marking.toml",
        '{ belief = "order-is-serial", answer = 6 }, ',
        "",
        ["units: only 2 wrong answers", "units: no wrong answer for order-is-serial"],
    ),
    "a wrong answer that is right": (
        "marking.toml",
        'belief = "pairs-only", answer = 2',
        'belief = "pairs-only", answer = 3',
        ["units: pairs-only is right and earns 2 of 2", "units: pairs-only gets the message of none"],
    ),
    "a wrong answer that is none": (
        "marking.toml",
        'answer = "PUSH1 {n} PUSH0 MSTORE PUSH1 32 PUSH0 RETURN"',
        'answer = "; later"',
        ["plus: returns-the-number is missing", "plus: returns-the-number gets the message of none"],
    ),
    "a message of another belief": (
        "marking.toml",
        'belief = "more-cores", answer = "C"',
        'belief = "more-cores", answer = "D"',
        ["why: more-cores gets the message of chance"],
    ),
    "a message that says the answer": (
        "items.toml",
        "You ran all six one after the other.",
        "You ran all six one after the other, not in 3 units.",
        ["units: the message of order-is-serial says the answer"],
    ),
    "one message for all": (
        "items.toml",
        "How many of your cores are busy?",
        "Both blocks use the same gas. What else differs?",
        ["why: one message for two beliefs"],
    ),
    "a puzzle without its first line": (
        "items.toml",
        ', "def meet(one, other):"]',
        "]",
        ["meet: no line of its puzzle begins with 'def meet('"],
    ),
    "a survivor that nobody explains": (
        "03-shop.ipynb",
        "PUSH1 7 ADD",
        "PUSH1 7 ADD PUSH1 0 POP",
        ["plus: '5: PUSH1 0 becomes PUSH1 1' earns full points, and nobody says why"],
    ),
    "an explanation of nothing": (
        "marking.toml",
        "survivor = []",
        'survivor = [{ mutant = "line 9: to True", why = "no reason" }]',
        ["meet: 'line 9: to True' is explained but does not survive"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONGS)
def test_something_wrong_with_a_bank_is_found(wrong: str, tmp_path: Path) -> None:
    name, old, new, words = WRONGS[wrong]
    shutil.copytree(FIXTURE, root := tmp_path / "root")
    (path,) = root.glob(f"*/03-shop/{name}")
    text = path.read_text()
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1))
    found = problems(read_lesson(root / "solutions" / "03-shop"))
    for complaint in words:
        assert any(complaint in problem for problem in found), found
