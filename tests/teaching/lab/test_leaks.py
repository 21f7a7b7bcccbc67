"""The messages that a student has at home must not tell the answer by what they leave out.

A notebook does not know the value of a graded item, but it has a message for each known mistake. Where every other
number at a place has a message, the one without is the answer: it can be read off the file, or found by trying. So at
each place, enough wrong values get the reply that the right one gets. (Programs, functions and derived values are
judged at home: what is right there is known by design.)
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.teaching.lab.bank import FIXTURE, REPOSITORY, lessons
from tests.teaching.lab.test_variants import every_draw
from toyevm.teaching.lab.check import verdict_on
from toyevm.teaching.lab.items import Exercise, read_items
from toyevm.teaching.lab.judges import public_cases
from toyevm.teaching.lab.marking import read_marking
from toyevm.teaching.lab.verdicts import Status

NEAREST = 4  # plausible numbers on each side of the right one
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Place = int | None  # of a list; None: the whole answer


def recorded(folder: Path, variant: Any = None) -> Iterator[tuple[Exercise, Any]]:
    """Yield the items of which a notebook does not know what is right, each with what is right."""
    items = read_items(folder.parents[1] / "course" / folder.name / "items.toml", variant)
    marking = read_marking(folder / "marking.toml", items)
    for item in items.exercises.values():
        if not public_cases(item):
            (case,) = marking.cases(item.id)
            yield item, case.expect["value"]


def places_of(answer: Any) -> Sequence[Place]:
    return range(len(answer)) if isinstance(answer, list) else [None]


def entry(answer: Any, place: Place) -> Any:
    return answer if place is None else answer[place]


def replaced(answer: Any, place: Place, value: Any) -> Any:
    return value if place is None else [*answer[:place], value, *answer[place + 1 :]]


def named(item: Exercise, place: Place) -> Iterator[Any]:
    """Yield the values that symptoms have at a place."""
    for facts in (symptom.facts for one in item.misconceptions for symptom in one.symptoms):
        if "index" in facts:
            yield from [facts["value"]] * (facts["index"] == place)
        else:
            answers = facts.get("any", [facts.get("value")])
            yield from (entry(answer, place) for answer in answers if place is None or place < len(answer))


def steps_around(right: int, here: Sequence[int], anywhere: Sequence[int]) -> list[int]:
    """Return the numbers nearest to the right one, as far apart as those named here, between the ends of all named."""
    step, ends = math.gcd(right, *here) or 1, (0, right, *anywhere)
    around = range(right - NEAREST * step, right + NEAREST * step + 1, step)
    return [number for number in around if min(ends) <= number <= max(ends)]


def plausible(item: Exercise, right: Any, place: Place) -> list[Any]:
    """Return what somebody may well answer at a place, the right value too, in order if they have one."""
    if item.judge == "choice":
        return list(LETTERS[: len(item.settings["options"])])
    if "words" in item.settings:
        return list(item.settings["words"])
    here, anywhere = list(named(item, place)), [one for each in places_of(right) for one in named(item, each)]
    value = entry(right, place)
    return steps_around(value, here, anywhere) if isinstance(value, int) else list(dict.fromkeys([value, *anywhere]))


def is_neutral(item: Exercise, answer: Any) -> bool:
    """Return whether a notebook only records an answer: nothing is asked back, and nothing is complained of."""
    verdict = verdict_on(item, answer)
    return verdict.status is Status.RECORDED and verdict.misconception is None


def place_problems(item: Exercise, right: Any, place: Place) -> Iterator[str]:
    where = item.id if place is None else f"{item.id}[{place}]"
    value, values = entry(right, place), plausible(item, right, place)
    asked = [one for one in values if not is_neutral(item, replaced(right, place, one))]
    if 2 * len(asked) > len(values) - 1:
        yield f"{where}: {len(asked)} of {len(values) - 1} wrong values have a message"
    at = values.index(value)
    beside = [values[i] for i in (at - 1, at + 1) if 0 <= i < len(values)]
    if isinstance(value, int) and len(beside) == 2 and all(one in asked for one in beside):
        yield f"{where}: {beside[0]} and {beside[1]} have a message, and what is between them has not"


def problems(item: Exercise, right: Any) -> list[str]:
    """Return where the messages of an item tell what is right by leaving it out."""
    if not is_neutral(item, right):
        return [f"{item.id}: what is right has a message, or is malformed"]
    return [words for place in places_of(right) for words in place_problems(item, right, place)]


def lesson_problems(folder: Path) -> list[str]:
    """Return where the messages of a lesson tell what is right, with the common numbers or any others."""
    common = list(recorded(folder))
    draws = [drawn for item, _ in common if item.parameters for drawn in every_draw(item)]
    varied = [pair for drawn in draws for pair in recorded(folder, drawn) if pair[0].id == drawn.item_id]
    return list(dict.fromkeys(words for item, right in (*common, *varied) for words in problems(item, right)))


@pytest.mark.parametrize("folder", lessons(REPOSITORY), ids=lambda folder: folder.name)
def test_what_has_no_message_at_home_is_not_just_the_answer(folder: Path) -> None:
    assert lesson_problems(folder) == []


def test_most_lessons_have_items_that_a_notebook_only_records() -> None:
    kinds = {item.settings.get("kind", "int") for folder in lessons(REPOSITORY) for item, _ in recorded(folder)}
    assert kinds == {"int", "ints", "texts"}
    assert sum(any(recorded(folder)) for folder in lessons(REPOSITORY)) >= 10


def test_a_choice_all_of_whose_wrong_options_have_a_message_is_found() -> None:
    assert lesson_problems(FIXTURE / "solutions" / "03-shop") == ["why: 3 of 3 wrong values have a message"]


def asked(*symptoms: str) -> str:
    """Return misconceptions of these symptoms, as TOML."""
    return "".join(
        f'[[exercise.misconception]]\nid = "m{at}"\nbelief = "m{at}"\nsymptom = {symptom}\nmessage = "Is it {at}?"\n\n'
        for at, symptom in enumerate(symptoms)
    )


def at_first(*values: Any) -> list[str]:
    """Return a symptom for each of these values of the first entry."""
    return [f"{{ index = 0, value = {json.dumps(value)} }}" for value in values]


INTS = '{ kind = "ints", form = "two numbers" }'
WORDS = '{ kind = "texts", words = ["yes", "no", "no block"], form = "two words" }'
TEXTS = '{ kind = "texts", form = "two names" }'
BOTH_WRONG = '[{ index = 0, value = "yes" }, { index = 1, value = "no" }]'

# The settings, what is right, the symptoms that a student has, and what is to be complained of.
PLANTED = {
    "every other number": (INTS, [3, 1], at_first(0, 1, 2, 4, 5), ["5 of 5 wrong", "2 and 4"]),
    "every number below": (INTS, [6, 1], at_first(*range(6)), ["4 of 4 wrong"]),
    "both neighbours": (INTS, [30, 7], at_first(29, 31), ["29 and 31"]),
    "every other multiple": (INTS, [30, 7], at_first(20, 40, 90), ["20 and 40"]),
    "lists that differ at one place": (INTS, [3, 1], ["{ any = [[2, 1], [4, 1], [9, 9]] }"], ["2 and 4"]),
    "every other word": (WORDS, ["no", "yes"], at_first("yes", "no block"), ["2 of 2 wrong"]),
    "every other name": (TEXTS, ["Ann", "Bob"], at_first("Bob", "Cleo", "Dan"), ["3 of 3 wrong"]),
    "what is right": (INTS, [3, 1], at_first(3), ["what is right has a message"]),
    "nothing: one neighbour": (INTS, [30, 7], at_first(29, 90), []),
    "nothing: one of three words": (WORDS, ["no", "yes"], at_first("yes"), []),
    "nothing: a belief about both places": (WORDS, ["no", "yes"], [BOTH_WRONG, *at_first("no block")], []),
}


@pytest.mark.parametrize("name", PLANTED)
def test_an_answer_that_is_left_out_is_found(name: str, tmp_path: Path) -> None:
    settings, right, symptoms, complaints = PLANTED[name]
    shutil.copytree(FIXTURE, root := tmp_path / "root")
    items, marking = root / "course/03-shop/items.toml", root / "solutions/03-shop/marking.toml"
    head, _, rest = items.read_text().partition('[[exercise.misconception]]\nid = "order-is-serial"')
    tail = rest[rest.index("[[exercise]]") :]
    head = head.replace('{ kind = "int", form = "a number of units" }', settings)
    items.write_text(head + asked(*symptoms) + tail)
    row = f'[[item]]\nid = "units"\nexpected = {json.dumps(right)}\n\n'
    text = marking.read_text()
    marking.write_text(row + text[text.index('[[item]]\nid = "meet"') :])
    found = [words for words in lesson_problems(root / "solutions/03-shop") if words.startswith("units")]
    assert [any(complaint in words for words in found) for complaint in complaints] == [True] * len(found)
